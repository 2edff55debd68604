import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { run, startWorkers, stepBack } from '../duckdb/behind.ts';

/** What an engine may keep in memory; beyond it DuckDB spills to the disk. */
const MEMORY = '256MB';

/** A DuckDB of this process without a file of its own, to read and write Parquet with. */
export interface Engine {
  /** Runs `work` on a connection of its own. */
  use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): void;
}

/** Opens an engine that works in one thread behind all others; it spills into the directory `spill`. */
export async function openEngine(spill: string): Promise<Engine> {
  const { DuckDBInstance: Instance } = await import('@duckdb/node-api');
  const instance: DuckDBInstance = await Instance.create(':memory:', {
    memory_limit: MEMORY,
    threads: '1',
    temp_directory: spill,
    // Nothing is ever fetched from the network.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const first = await instance.connect();
  await startWorkers(first, 1);
  first.closeSync();
  return {
    async use(work) {
      const connection = stepBack(await instance.connect());
      try {
        return await work(connection);
      } finally {
        connection.closeSync();
      }
    },
    close: () => instance.closeSync(),
  };
}

/** Runs a statement and reads it to its end. */
export async function rowsOf(
  connection: DuckDBConnection,
  sql: string,
  values?: DuckDBValue[],
): Promise<readonly (readonly DuckDBValue[])[]> {
  return (await run(connection, sql, values)).getRows();
}
