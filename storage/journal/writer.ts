import pRetry, { AbortError } from 'p-retry';
import type { Logger } from 'pino';
import { backupEnvironment } from '../lmdb/backup.ts';
import { Batch, ChunkPool } from './batch.ts';
import { Committer, type Work } from './committer.ts';
import { publishHead, type SharedHead } from './head.ts';
import { type AcceptedCount, type JournalEntry, JournalUnavailable, type JournalWriter } from './port.ts';
import { EnvironmentLost, JournalDatabase } from './store.ts';

export interface JournalOptions {
  /** Directory of the journal; made when missing. */
  readonly path: string;
  /** ms to wait for more entries before each commit; 0, the default: commit what has come meanwhile. */
  readonly commitDelayMs?: number;
  /** ms for which a failing disk is tried again before the waiting entries are given up (default 10 000). */
  readonly giveUpAfterMs?: number;
  /** Bytes of the disk that are kept free: below, nothing is taken until there is room again (default 64 MiB). */
  readonly minFreeBytes?: number;
  /** false: no flush, no promise. Only to measure what the flush costs and to prove that tests miss it. */
  readonly flush?: boolean;
  readonly log?: Logger;
}

interface Trim {
  readonly upTo: number;
  readonly before: number;
  removed: number;
  readonly resolve: (removed: number) => void;
  readonly reject: (error: Error) => void;
}

/** One loop writes: it takes what waits, has it committed and synced, and only then resolves. */
class LmdbJournalWriter implements JournalWriter {
  readonly #database: JournalDatabase;
  readonly #committer: Committer;
  readonly #shared: SharedHead;
  readonly #delay: number;
  readonly #giveUpAfter: number;
  readonly #log: Logger | undefined;
  readonly #pool = new ChunkPool();
  readonly #listeners = new Set<(head: number, bytes: number) => void>();
  #batches: Batch[] = [];
  #trims: Trim[] = [];
  #waiting = 0;
  #running: Promise<void> | undefined;
  readonly #backups = new Set<Promise<void>>();
  /** Why nothing is taken any more. */
  #refusal: JournalUnavailable | undefined;
  #failing = false;

  constructor(database: JournalDatabase, committer: Committer, options: JournalOptions) {
    this.#database = database;
    this.#committer = committer;
    this.#shared = publishHead(options.path);
    this.#shared.set(committer.head);
    this.#delay = options.commitDelayMs ?? 0;
    this.#giveUpAfter = options.giveUpAfterMs ?? 10_000;
    this.#log = options.log;
  }

  append(entry: JournalEntry): Promise<number> {
    if (this.#refusal) return Promise.reject(this.#refusal);
    const batch = this.#filling();
    batch.add(this.#committer.sources.of(entry), entry.received, entry.payload);
    this.#waiting += 1;
    this.#wake();
    return batch.settled();
  }

  appendAll(entries: readonly JournalEntry[]): Promise<number> {
    if (this.#refusal) return Promise.reject(this.#refusal);
    if (entries.length === 0) return Promise.resolve(this.head());
    const batch = this.#filling();
    for (const entry of entries) batch.add(this.#committer.sources.of(entry), entry.received, entry.payload);
    this.#waiting += entries.length;
    this.#wake();
    return batch.settled();
  }

  head(): number {
    return this.#committer.head;
  }

  bytesBehind(seq: number): number {
    return this.#database.bytesBehind(seq);
  }

  onFlushed(listener: (head: number, bytes: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  accepted(): readonly AcceptedCount[] {
    return this.#committer.sources.counts();
  }

  waiting(): number {
    return this.#waiting;
  }

  healthy(): boolean {
    return !this.#failing && this.#refusal === undefined;
  }

  trim(upTo: number, before: number): Promise<number> {
    if (this.#refusal) return Promise.reject(this.#refusal);
    return new Promise((resolve, reject) => {
      this.#trims.push({ upTo, before, removed: 0, resolve, reject });
      this.#wake();
    });
  }

  async backup(path: string): Promise<void> {
    if (this.#refusal) throw this.#refusal;
    const copying = backupEnvironment(this.#database.databases.root, path);
    this.#backups.add(copying);
    try {
      await copying;
    } catch (error) {
      throw new JournalUnavailable(`the journal cannot be copied: ${messageOf(error)}`, { cause: error });
    } finally {
      this.#backups.delete(copying);
    }
  }

  /** Flushes what waits, lets copies end, then closes. */
  async close(): Promise<void> {
    this.#refusal ??= new JournalUnavailable('the journal is closed');
    while (this.#running) await this.#running;
    await Promise.allSettled(this.#backups);
    await this.#database.close();
  }

  #filling(): Batch {
    const last = this.#batches.at(-1);
    if (last && !last.full) return last;
    const batch = new Batch(this.#pool);
    this.#batches.push(batch);
    return batch;
  }

  #wake(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    await this.#turn();
    while (this.#batches.length > 0 || this.#trims.length > 0) {
      await this.#write(this.#batches.shift(), this.#trims[0]);
      await this.#turn();
    }
    this.#running = undefined;
  }

  /** Lets entries gather: those of this turn of the event loop, or of the commit delay. */
  #turn(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#delay > 0) setTimeout(resolve, this.#delay);
      else setImmediate(resolve);
    });
  }

  async #write(batch: Batch | undefined, trim: Trim | undefined): Promise<void> {
    const work: Work = { batch, trim, committed: false, done: (result) => this.#flushed(result, batch, trim) };
    try {
      await pRetry(() => this.#attempt(work), {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: 20,
        maxTimeout: 500,
        maxRetryTime: this.#giveUpAfter,
        onFailedAttempt: ({ error, attemptNumber }) =>
          this.#log?.warn({ err: error, attempt: attemptNumber }, 'the journal could not be written, trying again'),
      });
      // Only after a success: LMDB may still hold the bytes of a transaction that failed.
      batch?.release();
    } catch (error) {
      this.#giveUp(error, batch);
    }
  }

  async #attempt(work: Work): Promise<void> {
    try {
      await this.#committer.attempt(work);
      this.#failing = false;
    } catch (error) {
      this.#failing = true;
      if (error instanceof EnvironmentLost) throw new AbortError(error);
      throw error;
    }
  }

  #flushed(result: Parameters<Work['done']>[0], batch: Batch | undefined, trim: Trim | undefined): void {
    this.#shared.set(this.head());
    if (batch) {
      this.#waiting -= batch.resolve(result.head);
      for (const listener of this.#listeners) this.#tell(listener, batch.bytes);
    }
    if (!trim) return;
    trim.removed += result.removed;
    if (result.more || this.#trims[0] !== trim) return;
    this.#trims.shift();
    trim.resolve(trim.removed);
  }

  #tell(listener: (head: number, bytes: number) => void, bytes: number): void {
    try {
      listener(this.head(), bytes);
    } catch (error) {
      this.#log?.error({ err: error }, 'a listener of the journal failed');
    }
  }

  /** Rejects all that waits: every one of them has waited, and the disk is no better for the next. */
  #giveUp(error: unknown, batch: Batch | undefined): void {
    const reason = unavailable(error);
    if (error instanceof EnvironmentLost) this.#refusal ??= reason;
    this.#log?.error({ err: reason, entries: this.#waiting }, 'the journal gave up waiting entries');
    const batches = batch ? [batch, ...this.#batches] : this.#batches;
    const trims = this.#trims;
    this.#batches = [];
    this.#trims = [];
    this.#waiting = 0;
    for (const waiting of batches) waiting.reject(reason);
    for (const trim of trims) trim.reject(reason);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function unavailable(error: unknown): JournalUnavailable {
  return new JournalUnavailable(`the journal cannot be written: ${messageOf(error)}`, { cause: error });
}

/**
 * Opens the writing end of the journal. It commits once before anything is read: what a killed process left in the page
 * cache is on disk from then on. Rejects with a JournalUnavailable when the disk does not take that.
 */
export async function openJournal(options: JournalOptions): Promise<JournalWriter> {
  if (options.flush === false) options.log?.warn('the journal does not flush: what it acknowledges can be lost');
  const database = await JournalDatabase.open(
    options.path,
    options.flush ?? true,
    options.minFreeBytes ?? 64 * 2 ** 20,
  ).catch((error: unknown) => {
    throw unavailable(error);
  });
  try {
    const committer = new Committer(database);
    await committer.attempt({ committed: false, done: () => undefined });
    return new LmdbJournalWriter(database, committer, options);
  } catch (error) {
    await database.close();
    throw unavailable(error);
  }
}
