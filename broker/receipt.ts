import { LRUCache } from 'lru-cache';
import type { Format } from '../model/topic.ts';

/** Devices whose last receipt is remembered. */
const AT_MOST = 100_000;
/** A base time in the first record is every record's (RFC 8428, section 4.5): absolute from 2^28 on. */
const BASE_TIME = /^\s*\[\s*\{[^{}]*"bt"\s*:\s*(\d+(?:\.\d*)?(?:e\+?\d+)?)/i;
const ABSOLUTE_FROM = 2 ** 28;
/** Bytes in which the base time is looked for. */
const HEAD = 1_200;
/** What every line has at its end that has a timestamp, or says nothing. */
const TIMED_LINE = /(?: -?\d{1,19} *\r?|^ *(?:#.*)?\r?)$/;

/**
 * When a message was received. One that carries no time of its own takes this as its phenomenon time, and each such
 * message is an observation of its own: so their receipts grow by at least a millisecond for one device, also where many
 * come at once or the clock goes back. A message that tells its time keeps the clock's; one of CBOR counts as without.
 */
export class Receipts {
  readonly #last = new LRUCache<string, number>({ max: AT_MOST });

  /** ms since the epoch. */
  of(device: string, payload: Uint8Array, format: Format, now: number): number {
    const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    if (tellsTime(bytes, format)) return now;
    const received = Math.max(now, (this.#last.get(device) ?? 0) + 1);
    this.#last.set(device, received);
    return received;
  }
}

/** Whether the readings of a message have a time of their own, as far as that is cheap to see. */
function tellsTime(payload: Buffer, format: Format): boolean {
  if (format === 'senml') {
    const time = BASE_TIME.exec(payload.toString('latin1', 0, HEAD))?.[1];
    return time !== undefined && Number(time) >= ABSOLUTE_FROM;
  }
  if (format === 'line')
    return payload
      .toString('latin1')
      .split('\n')
      .every((line) => TIMED_LINE.test(line));
  // Where the labels are numbers no search finds them.
  if (format === 'senml-cbor') return false;
  // An uplink takes the time that its network server says, in any case.
  return format === 'tts' || format === 'chirpstack' || payload.includes('"time"');
}
