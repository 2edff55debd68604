import type { JournalRecord } from './port.ts';
import type { Source } from './sources.ts';

/**
 * How entries lie in the database: a chunk of consecutive entries is one value. One big value costs the event loop far
 * less than many small ones. A record is `u32 source | f64 received | u32 length | payload`, big-endian.
 */
export const RECORD_HEADER = 16;

/** Bytes of a full chunk: sixteen LMDB pages without the header of the first. A larger record has a chunk to itself. */
export const CHUNK_BYTES = 16 * 4096 - 16;

/**
 * A chunk's key: its last sequence number, how many entries it holds, the latest receipt among them (ms) and its bytes,
 * which chunks of early journals do not say.
 */
export type ChunkKey =
  | [last: number, count: number, newest: number]
  | [last: number, count: number, newest: number, bytes: number];

/** A chunk being filled. The buffer may be used again once the bytes are stored. */
export class Chunk {
  readonly buffer: Uint8Array;
  count = 0;
  newest = Number.NEGATIVE_INFINITY;
  readonly #view: DataView;
  #length = 0;

  constructor(buffer: Uint8Array) {
    this.buffer = buffer;
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }

  /** Whether a record with so many payload bytes still fits. */
  fits(payload: number): boolean {
    return this.#length + RECORD_HEADER + payload <= this.buffer.length;
  }

  /** Adds a record that `fits`; the payload is copied. */
  add(source: number, received: number, payload: Uint8Array): void {
    const at = this.#length;
    this.#view.setUint32(at, source);
    this.#view.setFloat64(at + 4, received);
    this.#view.setUint32(at + 12, payload.length);
    this.buffer.set(payload, at + RECORD_HEADER);
    this.#length = at + RECORD_HEADER + payload.length;
    this.count += 1;
    if (received > this.newest) this.newest = received;
  }

  /** Bytes of the records so far. */
  get size(): number {
    return this.#length;
  }

  /** The records so far; a view, no copy. */
  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.#length);
  }
}

/** A record of a chunk before its source is looked up. */
export interface RawRecord {
  readonly source: number;
  readonly received: number;
  readonly payload: Uint8Array;
}

/**
 * The records of a chunk, in order; payloads are views into `bytes`.
 * Throws a RangeError when the bytes are no chunk.
 */
export function* rawRecords(bytes: Uint8Array): Generator<RawRecord> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    const start = at + RECORD_HEADER;
    const end = start + view.getUint32(at + 12);
    if (end > bytes.length) throw new RangeError('a journal chunk is cut off');
    yield { source: view.getUint32(at), received: view.getFloat64(at + 4), payload: bytes.subarray(start, end) };
    at = end;
  }
}

/**
 * Appends to `into` the chunk's records with `after < seq <= upTo`, until `into` holds `limit`.
 * `sourceOf` gives the source of an index.
 */
export function decodeChunk(
  key: ChunkKey,
  bytes: Uint8Array,
  range: { readonly after: number; readonly upTo: number; readonly limit: number },
  sourceOf: (index: number) => Source,
  into: JournalRecord[],
): void {
  let seq = key[0] - key[1];
  for (const raw of rawRecords(bytes)) {
    seq += 1;
    if (seq <= range.after) continue;
    if (seq > range.upTo || into.length >= range.limit) return;
    const { device, domain, provider, format } = sourceOf(raw.source);
    into.push({ seq, device, domain, provider, format, received: raw.received, payload: raw.payload });
  }
}
