import { access } from 'node:fs/promises';
import { Kysely } from 'kysely';
import { libsqlDialect } from './dialect.ts';

export interface SqliteOptions {
  /** A file; its `-wal` and `-shm` stand beside it while it is open. */
  readonly path: string;
  /** Refuses every write, and a file that is not there. */
  readonly readonly?: boolean | undefined;
}

/** How long one connection waits for another's write (ms), for it blocks its thread meanwhile. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens an SQLite file through Kysely. WAL: readers on other connections, in this thread or another, neither wait for
 * the writer nor hold it up. synchronous=FULL: what is committed is on the disk.
 */
export async function openSqlite<Schema>(options: SqliteOptions): Promise<Kysely<Schema>> {
  if (options.readonly) await access(options.path);
  const { default: Database } = await import('libsql');
  const connection = new Database(options.path);
  try {
    connection.pragma(`busy_timeout=${BUSY_TIMEOUT_MS}`);
    if (options.readonly) connection.pragma('query_only=ON');
    else connection.pragma('journal_mode=WAL');
    connection.pragma('synchronous=FULL');
    connection.pragma('foreign_keys=ON');
  } catch (error) {
    connection.close();
    throw error;
  }
  return new Kysely<Schema>({ dialect: libsqlDialect(connection) });
}
