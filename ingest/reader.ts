import { LRUCache } from 'lru-cache';
import type { JournalReader } from '../storage/journal/port.ts';
import type { Decoded, Decoder } from './decode.ts';

/** The decoded records `after < seq <= upTo`. */
export interface DecodedBatch {
  readonly after: number;
  readonly upTo: number;
  readonly decoded: readonly Decoded[];
}

export interface Reader {
  /** The next records behind `after`, up to `head`. With none left there, `upTo` is `after`. */
  next(after: number, head: number): Promise<DecodedBatch>;
  /** As `next`, of as many batches as one of BATCH records takes: what was decoded in small ones is stored together. */
  gathered(after: number, head: number): Promise<DecodedBatch>;
}

/** Records decoded in one go: large enough for the store's batches, small enough to share the thread. */
export const BATCH = 4_096;
/** Decoded records kept for the other cursor, and in how many batches at most. */
const [KEPT, KEPT_BATCHES] = [8 * BATCH, 512];

/**
 * Reads and decodes the journal for both cursors. While they move together, what one decoded serves the other; a
 * cursor that fell behind decodes for itself and stops at the first kept batch, so that they meet again.
 */
export function createReader(journal: JournalReader, decoder: Decoder): Reader {
  const kept = new LRUCache<number, { batch: Promise<DecodedBatch>; size: number }>({
    max: KEPT_BATCHES,
    maxSize: KEPT,
    sizeCalculation: ({ size }) => size,
  });

  async function read(after: number, limit: number): Promise<DecodedBatch> {
    const records = journal.read(after, limit);
    const decoded = await decoder.decode(records);
    return { after, upTo: records.at(-1)?.seq ?? after, decoded };
  }

  async function next(after: number, head: number): Promise<DecodedBatch> {
    const known = kept.get(after);
    if (known) return known.batch;
    const ahead = [...kept.keys()].filter((start) => start > after);
    const end = Math.min(head, after + BATCH, ...ahead);
    const batch = read(after, end - after);
    kept.set(after, { batch, size: Math.max(1, end - after) });
    // A failed read is not kept: the next try reads again.
    batch.catch(() => kept.delete(after));
    return batch;
  }

  return {
    next,
    async gathered(after, head) {
      const end = Math.min(head, after + BATCH);
      const decoded: Decoded[] = [];
      let upTo = after;
      do {
        const batch = await next(upTo, end);
        if (batch.upTo === upTo) break;
        for (const one of batch.decoded) decoded.push(one);
        upTo = batch.upTo;
      } while (upTo < end);
      return { after, upTo, decoded };
    },
  };
}
