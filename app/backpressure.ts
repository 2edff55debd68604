import type { Logger } from 'pino';
import type { LedgerBook } from '../ingest/ledger.ts';
import { type Backlog, type BacklogEvent, bounded, createBacklog } from '../storage/journal/backlog.ts';
import { createBrake, paced } from '../storage/journal/brake.ts';
import type { JournalWriter } from '../storage/journal/port.ts';
import type { Tally } from '../storage/telemetry/port.ts';

/** Messages that may wait for the store before senders are slowed to what it takes: about a second of a full load. */
const BEHIND_AT = 50_000;

/** What keeps senders to what store and disk take. */
export interface Backpressure {
  /** The journal as senders meet it: their turn comes later while the store is behind, and not at all while the backlog is full. */
  readonly journal: JournalWriter;
  readonly backlog: Pick<Backlog, 'bytes' | 'limit' | 'alarm' | 'full'>;
  storeAvailable(): boolean;
  /** Starts to count, from where the books stand, before the first message comes. */
  begin(book: LedgerBook): void;
  /** For the ingest thread's events. */
  readonly committed: (seq: number, tallies: readonly Tally[]) => void;
  readonly available: (yes: boolean) => void;
}

const SAID: Readonly<Record<BacklogEvent, string>> = {
  alarm: 'much waits for the store: at the limit devices are turned away',
  full: 'too much waits for the store: devices are turned away until some of it is stored',
  'takes-again': 'the backlog has room: devices are taken again',
  'alarm-over': 'the backlog is no longer large',
};

/** `limit`: bytes of the journal that may wait for the store. */
export function createBackpressure(journal: JournalWriter, limit: number, log: Logger): Backpressure {
  let storeAvailable = true;
  let book: LedgerBook | undefined;
  const backlog = createBacklog(limit, (event, bytes) => log.warn({ bytes: Math.round(bytes), limit }, SAID[event]));
  const brake = createBrake(
    () => book?.pending() ?? 0,
    () => storeAvailable,
    BEHIND_AT,
  );
  return {
    journal: paced(bounded(journal, backlog), brake),
    backlog,
    storeAvailable: () => storeAvailable,
    begin(opened) {
      book = opened;
      const checkpoint = opened.checkpoint();
      backlog.begin(checkpoint, journal.head(), journal.bytesBehind(checkpoint));
      journal.onFlushed(backlog.flushed);
    },
    committed(seq, tallies) {
      const before = book?.checkpoint() ?? seq;
      book?.add(seq, tallies);
      backlog.stored(seq);
      brake.stored(seq - before);
    },
    available(yes) {
      storeAvailable = yes;
      if (!yes) brake.release();
    },
  };
}
