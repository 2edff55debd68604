import { DEVICE_CONDITIONS } from '../../../model/device.ts';
import { LEVELS } from '../../../model/level.ts';
import type { Fact } from './facts.ts';

const COUNTS = ['count', 'simulated', ...DEVICE_CONDITIONS, ...LEVELS, 'valued', 'sum'] as const;

/**
 * What a cluster holds: devices in all, how many are simulated, how many are in each condition; how many that report
 * stand at each level; how many have a value, and the sum of those values. Flat, so that it can be added up by name.
 */
export type Tally = Record<(typeof COUNTS)[number], number>;

const NONE: Readonly<Tally> = {
  ...{ count: 0, simulated: 0, live: 0, silent: 0, offline: 0, new: 0 },
  ...{ good: 0, fair: 0, poor: 0, severe: 0, valued: 0, sum: 0 },
};

export const emptyTally = (): Tally => ({ ...NONE });

/** Adds one device. A value of a device that fell silent is of the past: it counts for no level and no mean. */
export function addFact(tally: Tally, { device, condition, reading }: Fact): void {
  tally.count += 1;
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
}

/** The tally of one device. */
export function tallyOf(fact: Fact): Tally {
  const tally = emptyTally();
  addFact(tally, fact);
  return tally;
}
