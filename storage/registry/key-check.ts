import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '../../model/problem.ts';
import type { Attempts } from '../attempts.ts';
import { keyOf } from './keys.ts';
import type { ApiKey, Registry } from './port.ts';

/** No answer is held back for longer, ms: a client that waits gives up at ten seconds. */
const HOLD_MS = 8_000;

/**
 * Looks presented API keys up, and holds back the answer to who presents wrong ones, by address and by key. Without
 * `attempts` it only looks up.
 */
export class KeyCheck {
  readonly #registry: Pick<Registry, 'key'>;
  readonly #attempts: Attempts | undefined;

  constructor(registry: Pick<Registry, 'key'>, attempts?: Attempts) {
    this.#registry = registry;
    this.#attempts = attempts;
  }

  /**
   * The key presented, undefined where it is none of the city. Rejects with CodedError `too-many-requests` where too
   * much wrong came from the address for it to be looked at now.
   */
  async find(presented: string, address: string): Promise<ApiKey | undefined> {
    if (!this.#attempts) return keyOf(presented, this.#registry);
    // No device has a colon in its name: keys and devices are counted apart.
    const name = `key:${presented.slice(0, Math.max(0, presented.indexOf('.')))}`;
    const waitMs = this.#attempts.wait(address, name);
    if (waitMs > 0)
      throw new CodedError('too-many-requests', 'too many wrong keys', undefined, Math.ceil(waitMs / 1_000));
    const key = await keyOf(presented, this.#registry);
    if (key) this.#attempts.succeeded(address, name);
    else {
      const delay = this.#attempts.failed(address, name);
      if (delay > 0) await sleep(Math.min(delay, HOLD_MS), undefined, { ref: false });
    }
    return key;
  }
}
