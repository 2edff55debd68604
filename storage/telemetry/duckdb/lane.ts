import type { DuckDBConnection } from '@duckdb/node-api';
import pLimit from 'p-limit';

/**
 * A few connections for one kind of work; who finds none free waits its turn. Two statements on one connection would
 * block a thread of Node's pool each, and too many heavy queries at once keep commits waiting for seconds.
 */
export class Lane {
  readonly #free: DuckDBConnection[];
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #size: number;

  constructor(connections: readonly DuckDBConnection[]) {
    this.#free = [...connections];
    this.#size = connections.length;
    this.#limit = pLimit(connections.length);
  }

  run<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.#limit(async () => {
      const connection = this.#free.pop();
      if (!connection) throw new Error('the lane is closed');
      try {
        return await work(connection);
      } finally {
        this.#free.push(connection);
      }
    });
  }

  /** Waits for all that was asked for before, then disconnects. */
  async close(): Promise<void> {
    const taken = Array.from({ length: this.#size }, () => this.#limit(async () => this.#free.pop()));
    for (const connection of await Promise.all(taken)) connection?.disconnectSync();
  }
}
