import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { Pace } from '../../model/pace.ts';
import { CodedError } from '../../model/problem.ts';

/** Keys whose rate is remembered at a time. */
const AT_MOST = 10_000;
/** Longest that a request is held; beyond, it is sent away. */
const HOLD_MS = 1_000;

/**
 * The turns of what comes with a key: a key may name any device, so that limits of devices alone would let it through by
 * inventing ever new ones.
 */
export class KeyTurns {
  readonly #rate: number;
  readonly #paces = new LRUCache<string, Pace>({ max: AT_MOST });

  /** `rate`: messages a second of one key. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Resolves when it is the next message's turn. Rejects with CodedError `too-many-requests` where that is too far off. */
  async turn(key: string): Promise<void> {
    let pace = this.#paces.get(key);
    if (!pace) {
      pace = new Pace(this.#rate);
      this.#paces.set(key, pace);
    }
    const now = performance.now();
    const before = pace.wait(now);
    if (before > HOLD_MS)
      throw new CodedError(
        'too-many-requests',
        `at most ${this.#rate} messages a second of one key are taken`,
        undefined,
        Math.ceil(before / 1_000),
      );
    const wait = pace.take(1, now);
    if (wait > 0) await delay(wait, undefined, { ref: false });
  }
}
