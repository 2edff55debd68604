import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempts } from '../../storage/attempts.ts';
import type { Principals, Refusal } from './principals.ts';
import type { Identity } from './proof.ts';

/** Too much wrong came from there: ask again in so many ms. Nothing was looked at. */
export interface NotYet {
  readonly waitMs: number;
}

/** Checks secrets at the devices' door, MQTT and HTTP alike, and holds back the answer to who presents wrong ones. */
export class Credentials {
  readonly #principals: Principals;
  readonly #attempts: Attempts;
  readonly #holdMs: number;

  /** No answer is held back for longer than `holdMs`, whatever the attempts say: the sender's socket would end first. */
  constructor(principals: Principals, attempts: Attempts, holdMs: number) {
    this.#principals = principals;
    this.#attempts = attempts;
    this.#holdMs = holdMs;
  }

  /** Who presents the secret, or why it is not let in. Rejects where the registry does. */
  async check(address: string, username: string, secret: string): Promise<Identity | Refusal | NotYet> {
    const waitMs = this.#attempts.wait(address, username);
    if (waitMs > 0) return { waitMs };
    const found = await this.#principals.verify(username, secret);
    if (found === 'unknown') {
      const delay = this.#attempts.failed(address, username);
      if (delay > 0) await sleep(Math.min(delay, this.#holdMs), undefined, { ref: false });
    } else if (found !== 'retired') this.#attempts.succeeded(address, username);
    return found;
  }
}
