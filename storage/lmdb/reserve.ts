import type { FileHandle } from 'node:fs/promises';
import type { RootDatabase } from 'lmdb';
import { z } from 'zod';

/** The disk has less room left than a commit needs to fail safely. */
export class DiskFull extends Error {
  override readonly name = 'DiskFull';
}

/** Bytes by which the file grows at a time: few enough that the flush behind them is short. */
const STEP = 2 * 2 ** 20;
const ZEROS = Buffer.alloc(2 ** 20);

const Stats = z.object({ pageSize: z.number(), lastPageNumber: z.number() });

/**
 * Room in an environment's own file, behind its last page, that the disk has given already. LMDB must not meet the end of
 * the disk: a page that cannot be written in the middle of a transaction spoils the process's memory, so that it aborts or
 * hangs. What is left of the disk may go to somebody else between a look and the commit; what is in the file may not.
 *
 * `take` must not run beside a commit.
 */
export class Reserve {
  readonly #root: Pick<RootDatabase, 'getStats'>;
  readonly #file: FileHandle;
  /** Bytes the file is known to have. */
  #size = 0;

  /** `file`: the environment's data file, open for writing. */
  constructor(root: Pick<RootDatabase, 'getStats'>, file: FileHandle) {
    this.#root = root;
    this.#file = file;
  }

  /** Sees to it that the next commit may write `bytes`, of which it may leave some; rejects with DiskFull where it may not. */
  async take(bytes: number): Promise<void> {
    const { pageSize, lastPageNumber } = Stats.parse(this.#root.getStats());
    const used = (lastPageNumber + 1) * pageSize;
    // Mostly there is room, and nothing is waited for: on a busy machine a wait before each commit is a long one.
    if (this.#size - used >= bytes) return;
    this.#size = await this.#grown(used, used + bytes + STEP);
    if (this.#size - used < bytes) throw new DiskFull('the disk is full');
  }

  /** Makes the file as large as is wanted, or as the disk allows, and answers how large it is. */
  async #grown(used: number, wanted: number): Promise<number> {
    // The zeros begin behind what LMDB has, should its file ever be shorter.
    let size = Math.max(used, (await this.#file.stat()).size);
    try {
      while (size < wanted) {
        const { bytesWritten } = await this.#file.write(ZEROS, 0, Math.min(ZEROS.length, wanted - size), size);
        size += bytesWritten;
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')))
        throw error;
    }
    return size;
  }
}
