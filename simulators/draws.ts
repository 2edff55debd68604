import { createHash } from 'node:crypto';

/** 32 bits of a seed for something with a name, so that what is named apart is drawn apart. */
export function seedOf(seed: number, name: string): number {
  return createHash('sha256').update(`${seed}/${name}`).digest().readInt32BE();
}

/** A number of 0 up to 1 that belongs to a name: the same whenever and however often it is asked for. */
export function drawOf(seed: number, name: string): number {
  return (seedOf(seed, name) + 2 ** 31) / 2 ** 32;
}

/** A number of the standard normal distribution (Box-Muller), held within four deviations. */
export function gaussian(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return Math.max(-4, Math.min(4, radius * Math.cos(2 * Math.PI * random())));
}

/** How many events happened where `mean` were expected: Poisson's spread, by its normal approximation. */
export function events(mean: number, random: () => number): number {
  return Math.max(0, Math.round(mean + Math.sqrt(Math.max(mean, 0)) * gaussian(random)));
}
