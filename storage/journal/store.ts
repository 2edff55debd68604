import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Reserve } from '../lmdb/reserve.ts';
import { CHUNK_BYTES, type Chunk, type ChunkKey } from './chunk.ts';
import { type Databases, type JournalState, openDatabases, STATE } from './databases.ts';
import { Room } from './room.ts';
import { rowOfSource, type Source } from './sources.ts';

/** What one transaction changes. Every figure is absolute, so that a transaction can be tried again. */
export interface Change {
  readonly state: JournalState;
  readonly chunks: readonly Chunk[];
  readonly sources: readonly Source[];
  readonly accepted: ReadonlyMap<number, Uint8Array>;
  readonly removed: readonly ChunkKey[];
}

/** The environment cannot be written any more in this process. */
export class EnvironmentLost extends Error {
  override readonly name = 'EnvironmentLost';
}

/** Covers LMDB's two meta pages at any page size it chooses (4 to 16 KiB). */
const META_BYTES = 32 * 1024;

/** Bytes that a commit may take beside its entries: copied pages of the trees. */
const OVERHEAD = 1024 * 1024;

/** The database with commits split in two steps, each of which can fail and be tried again by itself. */
export class JournalDatabase {
  readonly databases: Databases;
  readonly #file: FileHandle;
  readonly #flush: boolean;
  readonly #room: Room;
  readonly #reserve: Reserve;

  private constructor(databases: Databases, file: FileHandle, flush: boolean, room: Room) {
    this.databases = databases;
    this.#file = file;
    this.#flush = flush;
    this.#room = room;
    this.#reserve = new Reserve(databases.root, file);
  }

  static async open(path: string, flush: boolean, minFreeBytes: number): Promise<JournalDatabase> {
    await mkdir(path, { recursive: true });
    const databases = await openDatabases(path, flush);
    const file = await open(join(path, 'data.mdb'), 'r+');
    if (flush) for (const directory of [path, dirname(resolve(path))]) await syncDirectory(directory);
    return new JournalDatabase(databases, file, flush, new Room(path, minFreeBytes));
  }

  state(): JournalState {
    return this.databases.state.get(STATE) ?? { head: 0, trimmed: 0, opened: 0 };
  }

  /** Bytes of the entries behind `seq`; of a chunk that lies astride, by the share of its entries. */
  bytesBehind(seq: number): number {
    let bytes = 0;
    for (const [last, count, , size = CHUNK_BYTES] of this.databases.entries.getKeys({ start: [seq + 1] }))
      bytes += size * Math.min(1, (last - seq) / count);
    return Math.round(bytes);
  }

  /**
   * Writes a change: LMDB syncs its pages, then makes it visible. It survives a crash of the process, and after `sync`
   * one of the machine. When it rejects nothing of it is there. The chunks' bytes are in use until it settles.
   */
  async commit(change: Change): Promise<void> {
    const { root, entries, sources, accepted, state } = this.databases;
    const bytes = change.chunks.reduce((sum, chunk) => sum + chunk.size, 0);
    // Trimming makes room: the floor does not hold it back, and entries leave it the room that it needs itself.
    if (bytes > 0) await this.#room.need(bytes * 2 + OVERHEAD);
    await this.#reserve.take(bytes > 0 ? bytes * 2 + 2 * OVERHEAD : OVERHEAD);
    try {
      await root.batch(() => {
        for (const key of change.removed) entries.remove(key);
        let last = change.state.head - change.chunks.reduce((sum, chunk) => sum + chunk.count, 0);
        for (const chunk of change.chunks) {
          last += chunk.count;
          entries.put([last, chunk.count, chunk.newest, chunk.size], chunk.bytes());
        }
        for (const source of change.sources) sources.put(source.index, rowOfSource(source));
        for (const [page, counts] of change.accepted) accepted.put(page, counts);
        state.put(STATE, change.state);
      });
    } catch (error) {
      const cause = await causeOf(error);
      this.#probe(cause);
      throw cause;
    }
  }

  /** Syncs the meta page of the last commit. */
  async sync(): Promise<void> {
    if (this.#flush) await this.#file.datasync();
  }

  /**
   * Syncs the meta page after a sync that failed. Linux drops the dirty mark of what it could not write, and a second
   * fdatasync alone would succeed with nothing on disk: so the page is written again first.
   */
  async syncAgain(): Promise<void> {
    const meta = Buffer.alloc(META_BYTES);
    const { bytesRead } = await this.#file.read(meta, 0, META_BYTES, 0);
    await this.#file.write(meta, 0, bytesRead, 0);
    await this.sync();
  }

  async close(): Promise<void> {
    await this.databases.root.close();
    await this.#file.close();
  }

  /** After a failed write of the meta page LMDB refuses everything; another write would even wait for ever. */
  #probe(cause: Error): void {
    try {
      // A read transaction that is open already would not notice.
      this.databases.root.resetReadTxn();
      this.databases.state.get(STATE);
    } catch (panic) {
      throw new EnvironmentLost('the journal needs a restart: LMDB could not write its meta page', {
        cause: new AggregateError([cause, panic]),
      });
    }
  }
}

/** lmdb-js rejects with a general error and keeps the disk's own in a promise. */
async function causeOf(error: unknown): Promise<Error> {
  const cause: unknown =
    error instanceof Error && 'commitError' in error
      ? await Promise.resolve(error.commitError).catch((reason: unknown) => reason)
      : error;
  return cause instanceof Error ? cause : new Error(String(cause));
}

/** A new file is only as durable as its directory entry. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
