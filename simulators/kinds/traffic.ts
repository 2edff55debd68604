import type { Position } from '../../model/geometry.ts';
import { CAR_PARKS } from '../../model/places/car-parks.ts';
import { CROSSINGS } from '../../model/places/crossings.ts';
import { lineOf } from '../../model/places/line.ts';
import { STREETS } from '../../model/places/streets.ts';
import { bus, carPark, counter, roadSegment } from '../traffic.ts';
import { middleOf, pieces } from '../way.ts';
import { BUS_WAYS } from './bus-ways.ts';
import { type FleetKind, weightOf } from './role.ts';

const SEGMENT_METRES = 900;

const byImportance = [...STREETS].sort((a, b) => Number(a[2] !== 'primary') - Number(b[2] !== 'primary'));

export const TRAFFIC: readonly FleetKind[] = [
  {
    domain: 'traffic',
    kind: 'counter',
    share: 100,
    roles: CROSSINGS.map(([place, name, highway, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position, tags: { highway } },
      script: ({ seed, weather }) => counter(highway, weightOf(seed), weather),
    })),
  },
  {
    domain: 'traffic',
    kind: 'road-segment',
    share: 70,
    roles: byImportance.flatMap(([id, vi, highway, text]) =>
      pieces(lineOf(text), SEGMENT_METRES).map((line, i) => ({
        place: `${id}-${i + 1}`,
        name: `${vi}, đoạn ${i + 1}`,
        at: { geometry: { type: 'LineString' as const, coordinates: line }, tags: { highway } },
        script: ({ seed, weather }) => roadSegment(line, highway, weightOf(seed), weather),
      })),
    ),
  },
  {
    domain: 'traffic',
    kind: 'parking',
    share: 25,
    roles: CAR_PARKS.map(([place, name, spaces, use, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position, tags: { spaces: String(spaces) } },
      script: ({ seed }) => carPark(spaces, use, weightOf(seed)),
    })),
  },
  {
    domain: 'traffic',
    kind: 'bus',
    share: 45,
    roles: BUS_WAYS.map(({ number, vi, way }) => ({
      place: number.toLowerCase(),
      name: `Xe buýt ${number} ${vi}`,
      at: { tags: { route: number } },
      around: middleOf(way),
      script: ({ weather }) => bus(way, weather),
    })),
  },
];
