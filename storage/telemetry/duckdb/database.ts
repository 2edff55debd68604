import { availableParallelism } from 'node:os';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import pLimit from 'p-limit';
import { startWorkers, stepBack } from '../../duckdb/behind.ts';
import { Lane } from './lane.ts';
import type { DuckDbOptions } from './options.ts';
import { PairIndex } from './pair-index.ts';
import { migrate } from './schema.ts';
import { rowsOf, toNumber, toText } from './values.ts';
import { type Names, Writer } from './writer.ts';

/** Two row groups of DuckDB: settled rows then go straight into the file and not through its log. */
const DEFAULTS = { memoryLimit: '1GB', checkpointThreshold: '32MB', settleAfter: 245_760 };

/** An open file: its instance, the connections by what they do, and the names behind its ids. */
export class Database {
  readonly names: Names;
  readonly writer: Writer;
  /** Puts and retention. */
  readonly writing: Lane;
  /** What ingest asks between two puts. */
  readonly ingesting: Lane;
  /** Small questions: latest values, hours. */
  readonly light: Lane;
  /** Ranges and aggregates, two at a time. */
  readonly heavy: Lane;
  /** What takes long and hurries nobody: copies, and what retention asks. */
  readonly copying: Lane;
  /** Retention and erasure, one at a time. */
  readonly keeping = pLimit(1);
  readonly #instance: DuckDBInstance;

  private constructor(
    instance: DuckDBInstance,
    names: Names,
    writer: Writer,
    lanes: readonly [Lane, Lane, Lane, Lane, Lane],
  ) {
    this.#instance = instance;
    this.names = names;
    this.writer = writer;
    [this.writing, this.ingesting, this.light, this.heavy, this.copying] = lanes;
  }

  static async open(options: DuckDbOptions): Promise<Database> {
    const instance = await DuckDBInstance.create(options.path, {
      memory_limit: options.memoryLimit ?? DEFAULTS.memoryLimit,
      checkpoint_threshold: options.checkpointThreshold ?? DEFAULTS.checkpointThreshold,
      // Row groups that lost rows are put together anew within the commit that meets a checkpoint: a few at a time.
      max_vacuum_tasks: '1',
      // Nothing is ever fetched from the network.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      // The caller's; more are started below.
      threads: '1',
    });
    try {
      const connection = await instance.connect();
      await startWorkers(connection, options.threads ?? availableParallelism());
      await migrate(connection);
      const names = { series: await load(connection, 'series'), accounts: await load(connection, 'account') };
      const writer = await Writer.open(connection, names, options.settleAfter ?? DEFAULTS.settleAfter);
      const some = (n: number) => Promise.all(Array.from({ length: n }, () => instance.connect()));
      const lane = async (n: number) => new Lane(await some(n));
      const behind = async (n: number) => new Lane((await some(n)).map(stepBack));
      const lanes = [new Lane([connection]), await lane(1), await lane(2), await behind(2), await behind(1)] as const;
      return new Database(instance, names, writer, lanes);
    } catch (error) {
      instance.closeSync();
      throw error;
    }
  }

  /** Ends what runs and closes the file. */
  async close(): Promise<void> {
    await this.writing.run(async () => this.writer.close()).catch(() => undefined);
    for (const lane of [this.writing, this.ingesting, this.light, this.heavy, this.copying]) await lane.close();
    this.#instance.closeSync();
  }
}

async function load(connection: DuckDBConnection, table: 'series' | 'account'): Promise<PairIndex> {
  const index = new PairIndex();
  const names = table === 'series' ? 'device, metric' : 'provider, device';
  for (const [id, first, second] of await rowsOf(connection, `SELECT id, ${names} FROM ${table} ORDER BY id`)) {
    index.load(toNumber(id), toText(first), toText(second));
  }
  if (table === 'account') return index;
  // Rows of series given up may still be there: their ids must not be given again.
  const [row] = await rowsOf(connection, 'SELECT coalesce(max(series), -1) FROM erased');
  index.skip(toNumber(row?.[0]));
  return index;
}
