import type { Database, RootDatabase } from 'lmdb';
import type { ChunkKey } from './chunk.ts';
import type { SourceRow } from './sources.ts';

/** Where the journal stands. `head` outlives the entries: a trimmed journal goes on counting. */
export interface JournalState {
  /** Last sequence number ever given. */
  readonly head: number;
  /** Everything up to here is trimmed. */
  readonly trimmed: number;
  /** Times the writer was opened. */
  readonly opened: number;
}

export const STATE = 'state';

export interface Databases {
  readonly root: RootDatabase;
  readonly entries: Database<Uint8Array, ChunkKey>;
  readonly sources: Database<SourceRow, number>;
  /** Pages of accepted counts. */
  readonly accepted: Database<Uint8Array, number>;
  readonly state: Database<JournalState, string>;
}

/** Address space, not disk: the map need never move under a reader before the file is this large. */
const MAP_BYTES = 64 * 1024 ** 3;

/**
 * Opens the environment; both ends must do it alike, for lmdb-js shares one environment among the threads of a process.
 *
 * - `overlappingSync: false`: with it on, a commit whose fdatasync failed stays visible and `flushed` never settles.
 *   Off, LMDB syncs the data before it writes the meta page, and a failed sync aborts the whole transaction.
 * - `noMetaSync`: else LMDB writes the meta page with O_DSYNC and a failure there locks the environment until the process
 *   ends (MDB_PANIC). The writer syncs the meta page itself, and can try again.
 * - `eventTurnBatching: false`: on, lmdb-js makes a second promise per batch that nobody can see, and its rejection would
 *   end the process when a commit fails.
 */
export async function openDatabases(path: string, flush: boolean): Promise<Databases> {
  const { open } = await import('lmdb');
  const root = open({
    path,
    noSubdir: false,
    overlappingSync: false,
    noMetaSync: true,
    noSync: !flush,
    eventTurnBatching: false,
    maxDbs: 4,
    mapSize: MAP_BYTES,
  });
  return {
    root,
    entries: root.openDB<Uint8Array, ChunkKey>({ name: 'entries', encoding: 'binary' }),
    sources: root.openDB<SourceRow, number>({ name: 'sources', encoding: 'json' }),
    accepted: root.openDB<Uint8Array, number>({ name: 'accepted', encoding: 'binary' }),
    state: root.openDB<JournalState, string>({ name: 'state', encoding: 'json' }),
  };
}
