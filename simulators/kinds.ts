import type { NewDevice } from '../model/device.ts';
import type { Position } from '../model/geometry.ts';
import { BUS_ROUTES } from '../model/places/bus-routes.ts';
import { CAR_PARKS } from '../model/places/car-parks.ts';
import { CROSSINGS } from '../model/places/crossings.ts';
import { HOSPITALS } from '../model/places/hospitals.ts';
import { lineOf } from '../model/places/line.ts';
import { SIGHTS } from '../model/places/sights.ts';
import { STREETS } from '../model/places/streets.ts';
import { HOTEL_AREAS, WALKS } from '../model/places/walks.ts';
import { drawOf } from './draws.ts';
import { ambulance, hospital, vaccineFridge } from './health.ts';
import type { Script } from './script.ts';
import { footfallCounter, hotelArea, sight } from './tourism.ts';
import { bus, carPark, counter, roadSegment } from './traffic.ts';
import { pieces, wayOf } from './way.ts';

/** A device before it has an id: which place it stands for, and what it does there. */
export interface Role {
  readonly place: string;
  readonly name: string;
  readonly at: Pick<NewDevice, 'position' | 'geometry' | 'tags'>;
  /** `seed` is the device's own. */
  script(seed: number): Script;
}

/** A kind's devices: one role for each place the city's rows know, in the order they are filled. */
export interface FleetKind {
  readonly domain: string;
  readonly kind: string;
  /** Share of the fleet; shares need not add up to anything. */
  readonly share: number;
  readonly roles: readonly Role[];
}

/** A place's own share of what the city does: 0.75 to 1.15. */
const weightOf = (seed: number) => 0.75 + 0.4 * drawOf(seed, 'weight');

const SEGMENT_METRES = 900;

const busWays = BUS_ROUTES.map(([number, vi, line]) => ({ number, vi, way: wayOf(lineOf(line)) }));

const byImportance = [...STREETS].sort((a, b) => Number(a[2] !== 'primary') - Number(b[2] !== 'primary'));

export const FLEET_KINDS: readonly FleetKind[] = [
  {
    domain: 'traffic',
    kind: 'counter',
    share: 116,
    roles: CROSSINGS.map(([place, name, highway, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position, tags: { highway } },
      script: (seed) => counter(highway, weightOf(seed)),
    })),
  },
  {
    domain: 'traffic',
    kind: 'road-segment',
    share: 150,
    roles: byImportance.flatMap(([id, vi, highway, text]) =>
      pieces(lineOf(text), SEGMENT_METRES).map((line, i) => ({
        place: `${id}-${i + 1}`,
        name: `${vi}, đoạn ${i + 1}`,
        at: { geometry: { type: 'LineString' as const, coordinates: line }, tags: { highway } },
        script: (seed: number) => roadSegment(line, highway, weightOf(seed)),
      })),
    ),
  },
  {
    domain: 'traffic',
    kind: 'parking',
    share: 40,
    roles: CAR_PARKS.map(([place, name, spaces, use, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position, tags: { spaces: String(spaces) } },
      script: (seed) => carPark(spaces, use, weightOf(seed)),
    })),
  },
  {
    domain: 'traffic',
    kind: 'bus',
    share: 96,
    roles: busWays.map(({ number, vi, way }) => ({
      place: number.toLowerCase(),
      name: `Xe buýt ${number} ${vi}`,
      at: { tags: { route: number } },
      script: () => bus(way),
    })),
  },
  {
    domain: 'tourism',
    kind: 'sight',
    share: 40,
    roles: SIGHTS.map(([place, name, capacity, rhythm, opens, closes, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position },
      script: (seed) => sight({ capacity, rhythm, opens, closes, weight: weightOf(seed) }),
    })),
  },
  {
    domain: 'tourism',
    kind: 'footfall-counter',
    share: 36,
    roles: WALKS.map(([place, name, peakPerHour, evening, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position },
      script: (seed) => footfallCounter(peakPerHour, evening, weightOf(seed)),
    })),
  },
  {
    domain: 'tourism',
    kind: 'hotel-area',
    share: 20,
    roles: HOTEL_AREAS.map(([place, name, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position },
      script: (seed) => hotelArea(58 + 22 * drawOf(seed, 'usual')),
    })),
  },
  {
    domain: 'health',
    kind: 'hospital',
    share: 50,
    roles: HOSPITALS.map(([place, name, beds, lon, lat]) => ({
      place,
      name,
      at: { position: [lon, lat] satisfies Position },
      script: (seed) => hospital(beds, weightOf(seed)),
    })),
  },
  {
    domain: 'health',
    kind: 'vaccine-fridge',
    share: 32,
    roles: HOSPITALS.map(([place, name, , lon, lat]) => ({
      place,
      name: `Tủ vắc-xin ${name}`,
      at: { position: [lon, lat] satisfies Position },
      script: vaccineFridge,
    })),
  },
  {
    domain: 'health',
    kind: 'ambulance',
    share: 20,
    roles: busWays.map(({ number, way }) => ({
      place: `115-${number.toLowerCase()}`,
      name: `Xe cứu thương 115 khu vực ${number}`,
      at: {},
      script: (seed) => ambulance(way, seed),
    })),
  },
];
