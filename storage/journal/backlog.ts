import { JournalUnavailable, type JournalWriter } from './port.ts';
import { through } from './through.ts';

/** Shares of the bound: where the alarm begins and ends, and where a journal that was full takes messages again. */
const ALARM_AT = 0.75;
const ALARM_ENDS_AT = 0.65;
const TAKES_AGAIN_AT = 0.9;

/** What was flushed together is told apart only down to this: a bound of 8 GiB costs some thousand marks at most. */
const MARK_BYTES = 1024 * 1024;

/** Entries up to `last`, behind those of the mark before, and their bytes. */
interface Mark {
  last: number;
  bytes: number;
}

/** The journal holds as much as it may of what is not stored: nothing was promised, and nothing may be acknowledged. */
export class BacklogFull extends JournalUnavailable {}

/** What an operator is to be told. */
export type BacklogEvent = 'alarm' | 'full' | 'takes-again' | 'alarm-over';

export interface Backlog {
  /** Bytes of the entries that the journal holds and the store does not; exact to a mebibyte, and where nothing waits. */
  bytes(): number;
  readonly limit: number;
  /** From three quarters of the bound on. */
  alarm(): boolean;
  /** At the bound, until a tenth of it is free again. */
  full(): boolean;
  /** Says where the store stands and how much the journal holds beyond, before the first entry comes. */
  begin(checkpoint: number, head: number, bytes: number): void;
  /** Entries up to `head` are flushed, `bytes` more than before. */
  flushed(head: number, bytes: number): void;
  /** What lies up to `seq` is stored. */
  stored(seq: number): void;
}

/**
 * Counts the bytes of what waits for the store, by a queue of marks: adding to the last and taking from the first, whatever
 * the number of messages. `tell` is called once at each passing of a threshold.
 */
export function createBacklog(limit: number, tell: (event: BacklogEvent, bytes: number) => void): Backlog {
  let marks: Mark[] = [];
  let first = 0;
  let reached = 0;
  let bytes = 0;
  let alarm = false;
  let full = false;

  function judge(): void {
    if (!alarm && bytes >= limit * ALARM_AT) {
      alarm = true;
      tell('alarm', bytes);
    }
    if (!full && bytes >= limit) {
      full = true;
      tell('full', bytes);
    } else if (full && bytes <= limit * TAKES_AGAIN_AT) {
      full = false;
      tell('takes-again', bytes);
    }
    if (alarm && bytes <= limit * ALARM_ENDS_AT) {
      alarm = false;
      tell('alarm-over', bytes);
    }
  }

  function add(last: number, more: number): void {
    const mark = marks.length > first ? marks.at(-1) : undefined;
    if (mark && mark.bytes + more <= MARK_BYTES) {
      mark.last = last;
      mark.bytes += more;
    } else marks.push({ last, bytes: more });
    bytes += more;
  }

  return {
    limit,
    bytes: () => bytes,
    alarm: () => alarm,
    full: () => full,
    begin(checkpoint, head, waiting) {
      reached = checkpoint;
      if (waiting > 0) add(head, waiting);
      judge();
    },
    flushed(head, more) {
      add(head, more);
      judge();
    },
    stored(seq) {
      if (seq <= reached) return;
      for (let mark = marks[first]; mark; mark = marks[first]) {
        if (mark.last > seq) {
          // Entries of one mark count as equally large.
          const part = mark.bytes * ((seq - reached) / (mark.last - reached));
          mark.bytes -= part;
          bytes -= part;
          break;
        }
        bytes -= mark.bytes;
        reached = mark.last;
        first += 1;
      }
      reached = seq;
      if (first === marks.length) bytes = 0;
      if (first > marks.length / 2) {
        marks = marks.slice(first);
        first = 0;
      }
      judge();
    },
  };
}

/** The journal as senders meet it: it refuses, with a BacklogFull, while the backlog is full. */
export function bounded(journal: JournalWriter, backlog: Pick<Backlog, 'full'>): JournalWriter {
  const refusal = () => Promise.reject(new BacklogFull('too much waits for the store'));
  return through(journal, {
    append: (entry) => (backlog.full() ? refusal() : journal.append(entry)),
    appendAll: (entries) => (backlog.full() ? refusal() : journal.appendAll(entries)),
  });
}
