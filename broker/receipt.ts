import { LRUCache } from 'lru-cache';

/** Devices whose last receipt is remembered. */
const AT_MOST = 100_000;
const TIME_MEMBER = '"time"';

/**
 * When a message was received. One that carries no time of its own takes this as its phenomenon time, and each such
 * message is an observation of its own: so their receipts grow by at least a millisecond for one device, also where many
 * come at once or the clock goes back. A message that mentions a time keeps the clock's.
 */
export class Receipts {
  readonly #last = new LRUCache<string, number>({ max: AT_MOST });

  /** ms since the epoch. */
  of(device: string, payload: Uint8Array, now: number): number {
    const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    if (bytes.includes(TIME_MEMBER)) return now;
    const received = Math.max(now, (this.#last.get(device) ?? 0) + 1);
    this.#last.set(device, received);
    return received;
  }
}
