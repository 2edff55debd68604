import { DEVICE_CONDITIONS } from '../../../model/device.ts';
import { LEVELS } from '../../../model/level.ts';
import type { Fact } from './facts.ts';

const SIGNS = ['stale', 'doubtful', 'quarantined'] as const;
const COUNTS = ['count', 'simulated', ...DEVICE_CONDITIONS, ...LEVELS, ...SIGNS, 'valued', 'sum'] as const;

/**
 * What a cluster holds: devices in all, how many are simulated, how many are in each condition; how many that report
 * stand at each level; how many have a value, and the sum of those values; how many show an old or a doubtful one, or have
 * messages in the quarantine. Flat, so that it can be added up by name. And how far they reach on the square of the world.
 */
export type Tally = Record<(typeof COUNTS)[number] | keyof Bounds, number>;

/** What devices lie within, on the square of the world. */
export interface Bounds {
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
}

const NONE: Readonly<Tally> = {
  ...{ count: 0, simulated: 0, live: 0, silent: 0, offline: 0, new: 0 },
  ...{ good: 0, fair: 0, poor: 0, severe: 0, valued: 0, sum: 0, stale: 0, doubtful: 0, quarantined: 0 },
  ...{ west: 1, north: 1, east: 0, south: 0 },
};

export const emptyTally = (): Tally => ({ ...NONE });

/** Adds one device. A value of a device that fell silent is of the past: it counts for no level and no mean. */
export function addFact(tally: Tally, fact: Fact): void {
  const { device, condition, reading } = fact;
  tally.count += 1;
  for (const sign of SIGNS) if (fact[sign]) tally[sign] += 1;
  if (device.simulated) tally.simulated += 1;
  tally[condition] += 1;
  if (condition !== 'live' || !reading) return;
  tally.valued += 1;
  tally.sum += reading.value;
  if (reading.level !== null) tally[reading.level] += 1;
}

/** Adds what another holds. */
export function addTally(into: Tally, other: Readonly<Tally>): void {
  for (const name of COUNTS) into[name] += other[name];
  reach(into, other);
}

/** Makes it reach what another does. */
export function reach(into: Tally, { west, north, east, south }: Bounds): void {
  into.west = Math.min(into.west, west);
  into.north = Math.min(into.north, north);
  into.east = Math.max(into.east, east);
  into.south = Math.max(into.south, south);
}

/** The tally of one device. */
export function tallyOf(fact: Fact): Tally {
  const tally = emptyTally();
  addFact(tally, fact);
  return tally;
}
