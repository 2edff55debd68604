import { createHash } from 'node:crypto';

/** 32 bits of a seed for something with a name, so that what is named apart is drawn apart. */
export function seedOf(seed: number, name: string): number {
  return createHash('sha256').update(`${seed}/${name}`).digest().readInt32BE();
}

/** A number of 0 up to 1 that belongs to a name: the same whenever and however often it is asked for. */
export function drawOf(seed: number, name: string): number {
  return (seedOf(seed, name) + 2 ** 31) / 2 ** 32;
}

/** 32 bits of a seed for the `n`th of something (a whole number below 2^32): quick, for what is asked millions of times. */
export function nthSeed(seed: number, n: number): number {
  // The finalizer of MurmurHash3 over both: seeds and numbers that differ in one bit give bits that have nothing in common.
  let bits = Math.imul(n ^ (n >>> 16), 0x85eb_ca6b) ^ seed;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return bits ^ (bits >>> 16);
}

/** A number of 0 up to 1 for the `n`th of something. */
export function nthDraw(seed: number, n: number): number {
  return (nthSeed(seed, n) >>> 0) / 2 ** 32;
}

/** A number of the standard normal distribution (Box-Muller), held within four deviations. */
export function gaussian(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return Math.max(-4, Math.min(4, radius * Math.cos(2 * Math.PI * random())));
}

/** From here on Poisson's distribution is as good as a normal one. */
const MANY = 12;

/** How many events happened where `mean` were expected: Poisson's spread (Knuth's method where few are expected). */
export function events(mean: number, random: () => number): number {
  if (mean >= MANY) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gaussian(random)));
  const limit = Math.exp(-Math.max(0, mean));
  let happened = 0;
  for (let product = random(); product > limit; product *= random()) happened += 1;
  return happened;
}

/** How many of so many events go one way that each goes with this chance. */
export function part(count: number, chance: number, random: () => number): number {
  let went = 0;
  for (let i = 0; i < count; i += 1) if (random() < chance) went += 1;
  return went;
}
