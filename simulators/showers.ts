import { LRUCache } from 'lru-cache';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Position } from '../model/geometry.ts';
import { dateOf } from './calendar.ts';
import { CITY_OFFSET_MS } from './city-time.ts';
import { gaussian, nthSeed, seedOf } from './draws.ts';

/** Kilometres east and north of 105.8° E, 21° N: flat enough for one city. */
export type Plane = readonly [east: number, north: number];

export const planeOf = ([lon, lat]: Position): Plane => [(lon - 105.8) * 103.8, (lat - 21) * 111.2];

/** A field of rain that begins, moves over the city and ends. Its strength falls off from the middle like a bell. */
export interface Shower {
  /** Ms since the epoch. */
  readonly start: number;
  readonly end: number;
  /** Mm/h in the middle of it, halfway through its life. */
  readonly peak: number;
  /** Km from its middle to where it is 60 % as strong. */
  readonly radius: number;
  /** Where its middle is halfway through its life, and how it moves, in km and km per ms. */
  readonly east: number;
  readonly north: number;
  readonly eastward: number;
  readonly northward: number;
}

/** What the heavens drew for one day of the city. */
export interface SkyDay {
  /** Deviation from the season's warmth: mean 0, variance 1. */
  readonly warmth: number;
  /** How little the air moves, 0 to 1. */
  readonly stillness: number;
  /** The showers that begin on this day. */
  readonly showers: readonly Shower[];
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Rainy days of Hanoi's months out of thirty. */
const RAINY = [8, 11, 14, 13, 14, 15, 16, 17, 13, 9, 6, 6];
/** How much of the month's rain falls as short, heavy showers and not as drizzle. */
const CONVECTIVE = [0, 0, 0.1, 0.5, 0.9, 1, 1, 1, 0.9, 0.5, 0.2, 0];
/** Days of a month with a tropical storm's rain, out of a hundred. */
const STORMS = [0, 0, 0, 0, 0, 0.5, 2, 2.5, 2.5, 1, 0, 0];

type Random = () => number;
const within = (low: number, high: number, random: Random) => low + (high - low) * random();

/** Lasts so many hours, `peak` mm/h, `radius` km. */
function shower(begins: number, hours: number, peak: number, radius: number, random: Random): Shower {
  const bearing = within(-0.9, 0.9, random);
  const speed = within(6, 24, random) / HOUR_MS;
  return {
    start: begins,
    end: begins + hours * HOUR_MS,
    peak,
    radius,
    east: within(-38, 20, random),
    north: within(-32, 32, random),
    eastward: speed * Math.cos(bearing),
    northward: speed * Math.sin(bearing),
  };
}

function showersOf(day: number, random: Random): Shower[] {
  const month = dateOf(day).month - 1;
  const midnight = day * DAY_MS - CITY_OFFSET_MS;
  const at = (hour: number) => midnight + hour * HOUR_MS;
  if (random() < (STORMS[month] ?? 0) / 100)
    return [
      shower(at(within(0, 14, random)), within(7, 12, random), within(14, 34, random), within(35, 70, random), random),
    ];
  if (random() >= (RAINY[month] ?? 0) / 30) return [];
  if (random() < (CONVECTIVE[month] ?? 0))
    // Warm afternoons breed them; the night has its own.
    return Array.from({ length: 1 + Math.floor(4 * random()) }, () =>
      shower(
        at(random() < 0.5 ? within(13, 20, random) : within(0, 24, random)),
        within(0.7, 3, random),
        within(8, 50, random),
        within(6, 15, random),
        random,
      ),
    );
  return Array.from({ length: 1 + Math.floor(2 * random()) }, () =>
    shower(at(within(0, 20, random)), within(3, 9, random), within(0.4, 2.6, random), within(20, 45, random), random),
  );
}

/** Days that are held: a river looks back over a week or two, the history of a first start over one day more. */
const DAYS_HELD = 400;

/** The days of a city's sky, numbered as `CityTime.day`: pure in seed and day, each drawn once and held for a while. */
export function skyDays(seed: number): (day: number) => SkyDay {
  const salt = seedOf(seed, 'sky');
  const days = new LRUCache<number, SkyDay>({ max: DAYS_HELD });
  return (day) => {
    const held = days.get(day);
    if (held) return held;
    const generator = xoroshiro128plus(nthSeed(salt, day));
    const random = () => uniformFloat64(generator);
    for (let i = 0; i < 4; i += 1) random();
    const made = { warmth: gaussian(random), stillness: random(), showers: showersOf(day, random) };
    days.set(day, made);
    return made;
  };
}

/** The day of the city's calendar at `ms`. */
export const dayAt = (ms: number): number => Math.floor((ms + CITY_OFFSET_MS) / DAY_MS);

/** Hours since the city's midnight. */
export const hourAt = (ms: number): number => (ms + CITY_OFFSET_MS) / HOUR_MS - dayAt(ms) * 24;

/** Mm/h of a shower at a moment and place. */
export function rateOf(shower: Shower, ms: number, [east, north]: Plane): number {
  const { start, end, peak, radius } = shower;
  if (ms <= start || ms >= end) return 0;
  const since = ms - (start + end) / 2;
  const offEast = shower.east + shower.eastward * since - east;
  const offNorth = shower.north + shower.northward * since - north;
  const off = (offEast * offEast + offNorth * offNorth) / (radius * radius);
  if (off > 9) return 0;
  const risen = Math.sin((Math.PI * (ms - start)) / (end - start));
  return peak * risen * risen * Math.exp(-off / 2);
}

const SAMPLES = 8;
/** Rain is forgotten in about four hours. */
const MEMORY_MS = 4 * HOUR_MS;
/** How far back rain still counts. */
const RECENT_MS = 3 * MEMORY_MS;

/** Mm that a shower has left at a place up to now, the older the less (midpoint rule over its course so far). */
export function recentDepthOf(shower: Shower, ms: number, place: Plane): number {
  const from = Math.max(shower.start, ms - RECENT_MS);
  const step = (Math.min(shower.end, ms) - from) / SAMPLES;
  if (step <= 0) return 0;
  let depth = 0;
  for (let i = 0; i < SAMPLES; i += 1) {
    const then = from + (i + 0.5) * step;
    const rate = rateOf(shower, then, place);
    if (rate > 0) depth += rate * Math.exp((then - ms) / MEMORY_MS);
  }
  return (depth * step) / HOUR_MS;
}

/** Mm that a shower leaves, all in all, on a catchment of `spread` km around a place. */
export function depthOf({ start, end, peak, radius, east, north }: Shower, place: Plane, spread: number): number {
  const square = radius * radius + spread * spread;
  const off = (east - place[0]) ** 2 + (north - place[1]) ** 2;
  const hours = (end - start) / HOUR_MS;
  return 0.5 * peak * hours * ((radius * radius) / square) * Math.exp(-off / (2 * square));
}
