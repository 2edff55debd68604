import type { LiveObservation, LiveState } from '../storage/bus/port.ts';
import type { JournalReader } from '../storage/journal/port.ts';
import type { Decoder } from './decode.ts';
import { liveObservations } from './live.ts';

/** Records read at once while a stream catches up. */
const STEP = 1_000;

/** Reads live observations again from the journal, for streams that resume. `head` is the flushed head. */
export function createSince(journal: JournalReader, decoder: Decoder, head: () => number): LiveState['since'] {
  return async (after, limit) => {
    const [seq, index] = parse(after);
    // The record itself is read again: a stream may have been cut in the middle of it.
    let cursor = Math.max(seq - 1, 0);
    const complete = cursor + 1 >= journal.oldest() || head() === 0;
    const items: LiveObservation[] = [];
    let next = after;
    while (items.length < limit && cursor < head()) {
      const records = journal.read(cursor, Math.min(STEP, head() - cursor));
      const last = records.at(-1);
      if (!last) break;
      for (const decoded of await decoder.decode(records)) {
        const beyond = liveObservations(decoded).filter((_, i) => decoded.record.seq > seq || i > index);
        items.push(...beyond);
        next = items.at(-1)?.id ?? next;
        if (items.length >= limit) return { items, next, complete };
      }
      cursor = last.seq;
      next = `${Math.max(last.seq, seq)}.${last.seq > seq ? Number.MAX_SAFE_INTEGER : index}`;
    }
    return { items, next, complete };
  };
}

function parse(id: string): readonly [seq: number, index: number] {
  const [, seq, index] = /^(\d{1,15})(?:\.(\d{1,16}))?$/.exec(id) ?? [];
  return [Number(seq ?? 0), index === undefined ? Number.MAX_SAFE_INTEGER : Number(index)];
}
