import type { Fact } from './tiles/facts.ts';

/** Values that a figure without levels is told by: each stands for a two-hundredth of the devices. */
const SHARES = 200;

/** How the values of a figure without levels are spread. */
export interface Spread {
  /** Never falling: what many devices have in common is there several times. */
  readonly bounds: readonly number[];
  /** How many of those in view stand from a bound until below the next, at the last from it on. */
  readonly devices: readonly number[];
}

/** Values of a figure, gathered one by one. */
export interface Values {
  /** Of all devices that the question chooses. */
  readonly all: number[];
  /** Of those in view. */
  readonly seen: number[];
}

/** Whether a device reports a value that has no level and is not called invalid: what classes are made of. */
export const isSpread = ({ condition, reading, hidden }: Fact): boolean =>
  condition === 'live' && !hidden && reading !== undefined && reading.level === null && reading.quality !== 'invalid';

/** The values that cut all of them into about as many equal shares, and how many of those in view are in each. */
export function spreadOf({ all, seen }: Values): Spread {
  // Typed arrays sort numbers without a function, which is some ten times as fast.
  const sorted = Float64Array.from(all).sort();
  const last = sorted.length - 1;
  const bounds = Array.from({ length: Math.min(SHARES, last) + 1 }, (_, i) => {
    const rank = last <= SHARES ? i : Math.round((i * last) / SHARES);
    return sorted[rank] ?? 0;
  });
  const devices = bounds.map(() => 0);
  let share = 0;
  for (const value of Float64Array.from(seen).sort()) {
    while (share < bounds.length - 1 && value >= (bounds[share + 1] ?? Number.POSITIVE_INFINITY)) share += 1;
    devices[share] = (devices[share] ?? 0) + 1;
  }
  return { bounds, devices };
}
