import pLimit, { type LimitFunction } from 'p-limit';

/**
 * Bounds what is dear before anybody is known: so many handshakes at a time, and so many of one address, who waits
 * for its own without holding up others.
 */
export class Handshakes {
  readonly #all: LimitFunction;
  readonly #each: number;
  readonly #byAddress = new Map<string, LimitFunction>();

  constructor(atMost: number, perAddress: number) {
    this.#all = pLimit(atMost);
    this.#each = perAddress;
  }

  /** Begins the handshake in its turn; it lasts until what `begin` answers is settled. */
  async run(address: string, begin: () => Promise<void>): Promise<void> {
    const own = this.#byAddress.get(address) ?? pLimit(this.#each);
    this.#byAddress.set(address, own);
    await own(() => this.#all(begin));
    if (own.activeCount + own.pendingCount === 0) this.#byAddress.delete(address);
  }
}
