import type { LiveObservation, LiveState } from '../storage/bus/port.ts';
import type { JournalReader } from '../storage/journal/port.ts';
import type { Decoder } from './decode.ts';
import { liveObservations } from './live.ts';

/** Records read at once while a stream catches up. */
const STEP = 1_000;

/** The index behind every observation of a record. */
const WHOLE = Number.MAX_SAFE_INTEGER;

/** Reads live observations again from the journal, for streams that resume. `head` is the flushed head. */
export function createSince(journal: JournalReader, decoder: Decoder, head: () => number): LiveState['since'] {
  return async (after, limit) => {
    const [seq, index] = parse(after);
    // An id from beyond the head is another journal's: nothing says what of this one its reader has seen.
    if (seq > head()) return { items: [], next: `${head()}.${WHOLE}`, complete: false };
    // The record itself is read again, unless whole: a stream may have been cut in the middle of it.
    const wanted = index === WHOLE ? seq : Math.max(seq - 1, 0);
    const trimmed = journal.oldest() - 1;
    const complete = wanted >= trimmed;
    let cursor = Math.max(wanted, trimmed);
    const items: LiveObservation[] = [];
    let next = complete ? after : `${trimmed}.${WHOLE}`;
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
      next = `${Math.max(last.seq, seq)}.${last.seq > seq ? WHOLE : index}`;
    }
    return { items, next, complete };
  };
}

function parse(id: string): readonly [seq: number, index: number] {
  const [, seq, index] = /^(\d{1,15})(?:\.(\d{1,16}))?$/.exec(id) ?? [];
  return [Number(seq ?? 0), index === undefined ? WHOLE : Number(index)];
}
