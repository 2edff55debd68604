import type { Position } from '../../model/geometry.ts';
import { SIGHTS } from '../../model/places/sights.ts';
import { HOTEL_AREAS, WALKS } from '../../model/places/walks.ts';
import { drawOf } from '../draws.ts';
import { footfallCounter, hotelArea, sight } from '../tourism.ts';
import { type FleetKind, weightOf } from './role.ts';

export const TOURISM: readonly FleetKind[] = [
  {
    domain: 'tourism',
    kind: 'sight',
    share: 28,
    roles: SIGHTS.map(([place, name, capacity, rhythm, opens, closes, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position },
      script: ({ seed, weather }) => sight({ capacity, rhythm, opens, closes, weight: weightOf(seed) }, weather),
    })),
  },
  {
    domain: 'tourism',
    kind: 'footfall-counter',
    share: 20,
    roles: WALKS.map(([place, name, peakPerHour, evening, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position },
      script: ({ seed, weather }) => footfallCounter(peakPerHour, evening, weightOf(seed), weather),
    })),
  },
  {
    domain: 'tourism',
    kind: 'hotel-area',
    share: 12,
    roles: HOTEL_AREAS.map(([place, name, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position },
      script: ({ seed }) => hotelArea(58 + 22 * drawOf(seed, 'usual')),
    })),
  },
];
