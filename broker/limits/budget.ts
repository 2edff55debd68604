import { LRUCache } from 'lru-cache';
import { Pace } from '../../model/pace.ts';
import type { Principal } from '../../storage/registry/port.ts';
import type { BrokerConfig } from '../config.ts';

/** Devices, and providers, whose rate is remembered at a time. */
const AT_MOST = 100_000;
/** Who has been within its limit for so long is at its limit anew, ms. */
const CALM_MS = 2_000;
const TELL_EVERY_MS = 60_000;

/** Whose limit it is that a sender has reached. */
export type Limited = 'device' | 'provider';

type Limits = Pick<BrokerConfig, 'deviceRate' | 'providerRate' | 'tooFastAfterMs'>;
type Sender = Pick<Principal, 'username' | 'provider'>;

/** What a device may still send, over all its connections and HTTP alike, as one of its provider's devices. */
export class Budget {
  readonly #own: Pace;
  readonly #shared: Pace;
  readonly #afterMs: number;
  readonly #tell: (whose: Limited) => void;
  /** The present time at the limit: its beginning, and the last moment that it is known to have lasted to. */
  #since = 0;
  #until = Number.NEGATIVE_INFINITY;
  #told = Number.NEGATIVE_INFINITY;

  constructor(own: Pace, shared: Pace, afterMs: number, tell: (whose: Limited) => void) {
    this.#own = own;
    this.#shared = shared;
    this.#afterMs = afterMs;
    this.#tell = tell;
  }

  /** Takes one message at `now` (ms) and answers the ms to wait before the next is read; 0 where none. */
  take(now: number): number {
    const own = this.#own.take(1, now);
    const wait = Math.max(own, this.#shared.take(1, now));
    if (wait > 0) this.#slowed(now, wait, own === wait ? 'device' : 'provider');
    return wait;
  }

  /** ms to wait at `now`; takes nothing, but who asks is counted as wanting to send. */
  wait(now: number): number {
    const own = this.#own.wait(now);
    const wait = Math.max(own, this.#shared.wait(now));
    if (wait > 0) this.#slowed(now, wait, own === wait ? 'device' : 'provider');
    return wait;
  }

  #slowed(now: number, wait: number, whose: Limited): void {
    if (now > this.#until + CALM_MS) this.#since = now;
    this.#until = now + wait;
    if (now - this.#since < this.#afterMs || now - this.#told < TELL_EVERY_MS) return;
    this.#told = now;
    this.#tell(whose);
  }
}

/** The budgets of all senders. `tell` is called for a device that stays at a limit, at most once a minute. */
export class Budgets {
  readonly #limits: Limits;
  readonly #tell: (device: string, whose: Limited) => void;
  readonly #devices = new LRUCache<string, Budget>({ max: AT_MOST });
  readonly #providers = new LRUCache<string, Pace>({ max: AT_MOST });

  constructor(limits: Limits, tell: (device: string, whose: Limited) => void) {
    this.#limits = limits;
    this.#tell = tell;
  }

  of({ username, provider }: Sender): Budget {
    // A device that changed its provider shares with its new neighbours.
    const name = `${username} ${provider}`;
    let budget = this.#devices.get(name);
    if (!budget) {
      const { deviceRate, tooFastAfterMs } = this.#limits;
      const tell = (whose: Limited) => this.#tell(username, whose);
      budget = new Budget(new Pace(deviceRate), this.#provider(provider), tooFastAfterMs, tell);
      this.#devices.set(name, budget);
    }
    return budget;
  }

  #provider(id: string): Pace {
    let pace = this.#providers.get(id);
    if (!pace) {
      pace = new Pace(this.#limits.providerRate);
      this.#providers.set(id, pace);
    }
    return pace;
  }
}
