import type { Position } from '../../model/geometry.ts';
import { HOSPITALS } from '../../model/places/hospitals.ts';
import { ambulance, hospital, vaccineFridge } from '../health.ts';
import { middleOf } from '../way.ts';
import { BUS_WAYS } from './bus-ways.ts';
import { type FleetKind, weightOf } from './role.ts';

export const HEALTH: readonly FleetKind[] = [
  {
    domain: 'health',
    kind: 'hospital',
    share: 43,
    roles: HOSPITALS.map(([place, name, beds, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position },
      script: ({ seed, weather }) => hospital(beds, weightOf(seed), weather),
    })),
  },
  {
    domain: 'health',
    kind: 'vaccine-fridge',
    share: 15,
    roles: HOSPITALS.map(([place, name, , lon, lat]) => ({
      place,
      name: `Tủ vắc-xin ${name}`,
      at: { position: [lon, lat] satisfies Position },
      script: ({ seed }) => vaccineFridge(seed),
    })),
  },
  {
    domain: 'health',
    kind: 'ambulance',
    share: 12,
    roles: BUS_WAYS.map(({ number, way }) => ({
      place: `115-${number.toLowerCase()}`,
      name: `Xe cứu thương 115 khu vực ${number}`,
      at: {},
      around: middleOf(way),
      script: ({ seed, weather }) => ambulance(way, seed, weather),
    })),
  },
];
