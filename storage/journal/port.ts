import type { Format } from '../../model/topic.ts';

/** What a device sent, as it was accepted: the payload untouched, and who answers for it. */
export interface JournalEntry {
  readonly device: string;
  readonly domain: string;
  readonly provider: string;
  readonly format: Format;
  /** ms since the epoch. */
  readonly received: number;
  readonly payload: Uint8Array;
}

/** An entry at its place in the journal. Sequence numbers start at 1 and have no gap. */
export interface JournalRecord extends JournalEntry {
  readonly seq: number;
}

/** Entries accepted since the journal began, by provider and device; exact after a crash. */
export interface AcceptedCount {
  readonly provider: string;
  readonly device: string;
  readonly accepted: number;
}

/** The journal's writing end: one per data directory. */
export interface JournalWriter {
  /**
   * Appends one entry and resolves with its sequence number once it is flushed to disk (group commit).
   * Rejects with a JournalUnavailable when the disk fails for longer than the retries last: the entry must not be acknowledged.
   */
  append(entry: JournalEntry): Promise<number>;
  /** Appends all or none of the entries, in order; resolves with the last sequence number. */
  appendAll(entries: readonly JournalEntry[]): Promise<number>;
  /** Highest flushed sequence number; 0 for an empty journal. */
  head(): number;
  /** Bytes, as they lie in the journal, of the flushed entries behind `seq`. Looks through their keys: to be asked once. */
  bytesBehind(seq: number): number;
  /** Called after each flush with the new head and the bytes that came: what lives of the journal reads on. */
  onFlushed(listener: (head: number, bytes: number) => void): () => void;
  /** Accepted counts, a snapshot that agrees with `head()`. */
  accepted(): readonly AcceptedCount[];
  /** Entries appended and not yet flushed. */
  waiting(): number;
  /** Whether the last write reached the disk; false while a failing one is tried again, and for good where only a restart helps. */
  healthy(): boolean;
  /** Deletes entries up to `upTo` that were received before `before` (ms). Resolves with how many went. */
  trim(upTo: number, before: number): Promise<number>;
  /**
   * Writes a consistent copy of the journal to the directory `path`, which is made, while appending goes on: it opens as
   * a journal. Rejects with a JournalUnavailable where there is something already or the disk does not take it.
   */
  backup(path: string): Promise<void>;
  close(): Promise<void>;
}

/** A reading end; any number, also in other threads of the process. */
export interface JournalReader {
  /** Flushed records with `seq > after`, in order, at most `limit`. */
  read(after: number, limit: number): readonly JournalRecord[];
  /** Sequence number of the oldest record still kept, or head + 1. */
  oldest(): number;
  close(): Promise<void>;
}

/** The disk did not take the entry: nothing was promised and nothing may be acknowledged. */
export class JournalUnavailable extends Error {
  override readonly name = 'JournalUnavailable';
}
