import { LRUCache } from 'lru-cache';
import { addressGroup } from '../model/network-address.ts';

/** How wrong secrets are slowed down. */
export interface AttemptLimits {
  /** Wrong secrets that are answered at once. */
  readonly free: number;
  /** ms by which the answer to the next is held back; doubled by each further one. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Without a wrong secret for so long all is forgotten, ms. */
  readonly quietMs: number;
  /** Names that one address may have held back at a time before it is no longer listened to. */
  readonly heldPerAddress: number;
}

export const ATTEMPT_LIMITS: AttemptLimits = {
  free: 5,
  firstMs: 250,
  longestMs: 30_000,
  quietMs: 15 * 60_000,
  heldPerAddress: 32,
};

/** Addresses and names that are remembered; beyond, those that were quiet for longest are forgotten. */
const REMEMBERED = 20_000;
const DOUBLINGS = 30;
/** No user name and no key's id is longer; what a stranger makes up is kept under one name. */
const LONGEST_NAME = 64;

interface Source {
  failures: number;
  /** Names with an answer held back, and until when, ms. */
  readonly held: Map<string, number>;
}

/**
 * Slows down whoever presents wrong secrets, counted by address and by name apart, without a way to lock anybody out:
 *
 * - A right secret is let in at once however much its name is under attack: only wrong answers are held back. The
 *   secrets have 256 random bits, so what a guess costs us matters, not whether one may hit.
 * - An address gets one answer held back a name at a time; what it sends of that name meanwhile is not looked at, and
 *   with too many names held back nothing of it is. So parallel guesses gain nothing.
 * - Who was let in from an address stays known there, and is not held up by what others behind the same address do.
 *
 * A right secret never clears a count, else a stranger with one good credential could guess on for ever. Memory is
 * bounded, nothing waits here, and no secret is kept. One customer's IPv6 addresses are one address.
 */
export class Attempts {
  readonly #limits: AttemptLimits;
  readonly #now: () => number;
  readonly #sources: LRUCache<string, Source>;
  readonly #names: LRUCache<string, number>;
  /** Pairs of name and address that were let in. */
  readonly #known = new LRUCache<string, true>({ max: REMEMBERED * 2 });

  /** `now` in ms, never going back. */
  constructor(limits: AttemptLimits = ATTEMPT_LIMITS, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
    // The cache takes 0 for "no time given".
    const perf = { now: () => now() + 1 };
    const options = { max: REMEMBERED, ttl: limits.quietMs, ttlResolution: 0, perf };
    this.#sources = new LRUCache(options);
    this.#names = new LRUCache(options);
  }

  /** ms until a secret of the name `presented` from `address` may be looked at; 0 for now. */
  wait(address: string, presented: string): number {
    const group = addressGroup(address);
    const name = bounded(presented);
    if (this.#known.has(pair(group, name))) return 0;
    const held = this.#sources.peek(group)?.held;
    if (!held || held.size === 0) return 0;
    const now = this.#now();
    const own = held.get(name) ?? 0;
    if (own > now) return own - now;
    for (const [other, until] of held) if (until <= now) held.delete(other);
    return held.size < this.#limits.heldPerAddress ? 0 : Math.min(...held.values()) - now;
  }

  /** A secret was wrong, or its name nobody's: answers the ms by which to hold the answer back. */
  failed(address: string, presented: string): number {
    const group = addressGroup(address);
    const name = bounded(presented);
    this.#known.delete(pair(group, name));
    const source = this.#sources.get(group) ?? { failures: 0, held: new Map<string, number>() };
    source.failures += 1;
    this.#sources.set(group, source);
    const failures = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, failures);
    const delay = this.#delay(Math.max(source.failures, failures));
    if (delay > 0) source.held.set(name, this.#now() + delay);
    return delay;
  }

  /** A secret was right. */
  succeeded(address: string, presented: string): void {
    this.#known.set(pair(addressGroup(address), bounded(presented)), true);
  }

  #delay(failures: number): number {
    const { free, firstMs, longestMs } = this.#limits;
    if (failures <= free) return 0;
    return Math.min(longestMs, firstMs * 2 ** Math.min(DOUBLINGS, failures - free - 1));
  }
}

function bounded(name: string): string {
  return name.length <= LONGEST_NAME ? name : '';
}

function pair(group: string, name: string): string {
  return `${group} ${name}`;
}
