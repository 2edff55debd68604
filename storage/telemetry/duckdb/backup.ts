import { access, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { rowsOf, toText } from './values.ts';

/** As TelemetryStore.backup, of the database file `from`: all tables in one transaction, beside which others write. */
export async function backup(connection: DuckDBConnection, from: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, basename(from));
  if (await exists(path)) throw new Error(`there is a ${basename(path)} in the directory already`);
  const [row] = await rowsOf(connection, 'SELECT current_database()');
  try {
    await connection.run(`ATTACH ${quoted(path)} AS copy`);
    try {
      await connection.run(`COPY FROM DATABASE "${toText(row?.[0]).replaceAll('"', '""')}" TO copy`);
      // Folds its log into the file: the copy is one file.
      await connection.run('CHECKPOINT copy');
    } finally {
      await connection.run('DETACH copy');
    }
  } catch (error) {
    for (const name of [path, `${path}.wal`]) await rm(name, { force: true });
    throw error;
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
