import type { DuckDBConnection } from '@duckdb/node-api';
import type { Tally } from '../port.ts';
import { ChunkAppender, integers } from './columns.ts';
import type { PairIndex } from './pair-index.ts';
import { rowsOf, toNumber } from './values.ts';

const COUNTS = [
  'processed',
  'quarantined_messages',
  'decoded',
  'stored',
  'duplicate',
  'corrected',
  'quarantined_observations',
];
const SUMS = COUNTS.map((column) => `sum(${column})::BIGINT AS ${column}`).join(', ');
const BOTH = 'SELECT * FROM ledger UNION ALL SELECT * FROM ledger_recent';

/** Merges the recent tallies into one row for each account. */
export const SETTLE_LEDGER = [
  `CREATE OR REPLACE TEMP TABLE ledger_sum AS SELECT account, ${SUMS} FROM (${BOTH}) GROUP BY account`,
  'DELETE FROM ledger',
  'DELETE FROM ledger_recent',
  'INSERT INTO ledger SELECT * FROM ledger_sum',
  'DROP TABLE ledger_sum',
];

/** Appends tallies as they come; they are added up where they are read. */
export class LedgerAppender {
  readonly #account = integers();
  readonly #processed = integers();
  readonly #quarantinedMessages = integers();
  readonly #decoded = integers();
  readonly #stored = integers();
  readonly #duplicate = integers();
  readonly #corrected = integers();
  readonly #quarantinedObservations = integers();
  readonly #rows: ChunkAppender;

  private constructor(rows: (columns: ConstructorParameters<typeof ChunkAppender>[1]) => ChunkAppender) {
    this.#rows = rows([
      this.#account,
      this.#processed,
      this.#quarantinedMessages,
      this.#decoded,
      this.#stored,
      this.#duplicate,
      this.#corrected,
      this.#quarantinedObservations,
    ]);
  }

  static async open(connection: DuckDBConnection): Promise<LedgerAppender> {
    const appender = await connection.createAppender('ledger_recent');
    return new LedgerAppender((columns) => new ChunkAppender(appender, columns));
  }

  append(account: number, tally: Tally): void {
    const row = this.#rows.next();
    this.#account.values[row] = account;
    this.#processed.values[row] = tally.processed;
    this.#quarantinedMessages.values[row] = tally.quarantinedMessages;
    this.#decoded.values[row] = tally.decoded;
    this.#stored.values[row] = tally.stored;
    this.#duplicate.values[row] = tally.duplicate;
    this.#corrected.values[row] = tally.corrected;
    this.#quarantinedObservations.values[row] = tally.quarantinedObservations;
  }

  flush(): void {
    this.#rows.flush();
  }

  clear(): void {
    this.#rows.clear();
  }

  close(): void {
    this.#rows.close();
  }
}

/** The tallies of every account since the beginning. */
export async function readTallies(connection: DuckDBConnection, accounts: PairIndex): Promise<Tally[]> {
  const rows = await rowsOf(connection, `SELECT account, ${SUMS} FROM (${BOTH}) GROUP BY account`);
  return rows.map((row) => {
    const [provider, device] = accounts.pair(toNumber(row[0]));
    const count = (i: number) => toNumber(row[i]);
    return {
      provider,
      device,
      processed: count(1),
      quarantinedMessages: count(2),
      decoded: count(3),
      stored: count(4),
      duplicate: count(5),
      corrected: count(6),
      quarantinedObservations: count(7),
    };
  });
}
