import type { Batch } from './batch.ts';
import { SourceTable } from './sources.ts';
import type { JournalDatabase } from './store.ts';
import { nextTrimStep, type TrimStep } from './trim.ts';

/** What one commit is asked to do; kept over its retries. */
export interface Work {
  readonly batch?: Batch | undefined;
  /** Entries up to `upTo` received before `before` (ms) may go. */
  readonly trim?: { readonly upTo: number; readonly before: number } | undefined;
  /** Called once the work is flushed. */
  readonly done: (result: { readonly head: number; readonly removed: number; readonly more: boolean }) => void;
  committed: boolean;
}

const keep: Omit<TrimStep, 'trimmed'> = { removed: [], more: false };

/**
 * Takes work to disk, one at a time: commit, sync, and only then count. Sequence numbers are given at the commit, so that
 * work which was given up leaves no gap.
 */
export class Committer {
  readonly sources = new SourceTable();
  readonly #database: JournalDatabase;
  readonly #opened: number;
  #head: number;
  #trimmed: number;
  /** Counts a commit whose meta page is not on disk yet. LMDB could spoil the last good state if another came first. */
  #unsynced: (() => void) | undefined;

  constructor(database: JournalDatabase) {
    const { head, trimmed, opened } = database.state();
    const { sources, accepted } = database.databases;
    this.#database = database;
    this.#head = head;
    this.#trimmed = trimmed;
    this.#opened = opened + 1;
    this.sources.load(sources.getRange(), accepted.getRange());
  }

  /** The flushed head. */
  get head(): number {
    return this.#head;
  }

  /** One attempt; rejects with the disk's error and may be called again with the same work. */
  async attempt(work: Work): Promise<void> {
    if (this.#unsynced) {
      await this.#database.syncAgain();
      this.#settle();
    }
    if (work.committed) return;
    await this.#commit(work);
    await this.#database.sync();
    this.#settle();
  }

  async #commit(work: Work): Promise<void> {
    const { batch, trim } = work;
    const step: TrimStep = trim
      ? nextTrimStep(this.#database.databases, this.#trimmed, Math.min(trim.upTo, this.#head), trim.before)
      : { ...keep, trimmed: this.#trimmed };
    const before = { head: this.#head, trimmed: this.#trimmed };
    const head = before.head + (batch?.count ?? 0);
    const known = this.sources.size;
    await this.#database.commit({
      state: { head, trimmed: step.trimmed, opened: this.#opened },
      chunks: batch?.chunks ?? [],
      sources: this.sources.unstored(),
      accepted: batch ? this.sources.pagesWith(batch.tally) : new Map(),
      removed: step.removed,
    });
    work.committed = true;
    this.#unsynced = () => {
      this.#head = head;
      this.#trimmed = step.trimmed;
      this.sources.storedUpTo(known);
      if (batch) this.sources.accept(batch.tally);
      work.done({ head: before.head, removed: step.trimmed - before.trimmed, more: step.more });
    };
  }

  #settle(): void {
    const settle = this.#unsynced;
    this.#unsynced = undefined;
    settle?.();
  }
}
