import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { Batch, Checkpoint } from '../port.ts';
import { applyCorrections } from './corrections.ts';
import { LedgerAppender, readTallies } from './ledger.ts';
import { ObservationAppender } from './observation-appender.ts';
import type { PairIndex } from './pair-index.ts';
import { settle } from './settle.ts';
import { withPairs } from './stage.ts';
import { integer, rowsOf, toNumber } from './values.ts';

/** The names behind the ids of a file, shared with its readers. */
export interface Names {
  readonly series: PairIndex;
  readonly accounts: PairIndex;
}

interface Appenders {
  readonly recent: ObservationAppender;
  readonly ledger: LedgerAppender;
  readonly series: DuckDBAppender;
  readonly accounts: DuckDBAppender;
  readonly progress: DuckDBAppender;
}

/** The one writing connection of a file. Its methods must not overlap. */
export class Writer {
  readonly #connection: DuckDBConnection;
  readonly #names: Names;
  readonly #appenders: Appenders;
  readonly #settleAfter: number;
  #seq: number;
  /** Rows waiting in `recent` and in `ledger_recent`. */
  #recent: number;
  #ledger: number;
  #ordinal: number;
  /** Raw rows before this hour went or are going. */
  #rawFrom: number;

  private constructor(
    connection: DuckDBConnection,
    names: Names,
    appenders: Appenders,
    settleAfter: number,
    [seq, recent, ledger, ordinal, rawFrom]: readonly [number, number, number, number, number],
  ) {
    this.#connection = connection;
    this.#names = names;
    this.#appenders = appenders;
    this.#settleAfter = settleAfter;
    this.#seq = seq;
    this.#recent = recent;
    this.#ledger = ledger;
    this.#ordinal = ordinal;
    this.#rawFrom = rawFrom;
  }

  static async open(connection: DuckDBConnection, names: Names, settleAfter: number): Promise<Writer> {
    const one = async (sql: string) => toNumber((await rowsOf(connection, sql))[0]?.[0]);
    const state = [
      await one('SELECT coalesce(max(seq), 0) FROM progress'),
      await one('SELECT count(*) FROM recent'),
      await one('SELECT count(*) FROM ledger_recent'),
      await one('SELECT coalesce(max(ordinal) + 1, 0) FROM superseded'),
      await one(`SELECT coalesce(max(before), ${Number.MIN_SAFE_INTEGER}) FROM expired`),
    ] as const;
    const appenders = {
      recent: await ObservationAppender.open(connection, 'recent'),
      ledger: await LedgerAppender.open(connection),
      series: await connection.createAppender('series'),
      accounts: await connection.createAppender('account'),
      progress: await connection.createAppender('progress'),
    };
    return new Writer(connection, names, appenders, settleAfter, state);
  }

  async checkpoint(): Promise<Checkpoint> {
    return { seq: this.#seq, tallies: await readTallies(this.#connection, this.#names.accounts) };
  }

  /** As TelemetryStore.put. Throws a plain Error for a batch that does not follow the checkpoint. */
  async put(batch: Batch): Promise<void> {
    if (batch.upTo <= this.#seq) return;
    if (batch.after !== this.#seq) {
      throw new Error(`the batch follows record ${batch.after}, but the checkpoint is ${this.#seq}`);
    }
    const recent = this.#recent + batch.fresh.length;
    const ledger = this.#ledger + batch.tallies.length;
    const full = recent >= this.#settleAfter || ledger >= this.#settleAfter;
    await this.#transaction(async () => {
      this.#append(batch);
      if (batch.corrections.length > 0) {
        const { series } = this.#names;
        await applyCorrections(this.#connection, series, batch.corrections, this.#ordinal, this.#rawFrom);
      }
      if (full) await settle(this.#connection);
    });
    this.#seq = batch.upTo;
    this.#ordinal += batch.corrections.length;
    this.#recent = full ? 0 : recent;
    this.#ledger = full ? 0 : ledger;
  }

  /**
   * Notes that raw rows before the UTC hour `raw` (ms) and hour rows before `hours` are going to be deleted. What is that
   * old and recent is settled: it enters latest and hours before it may go.
   */
  async beginExpiry(raw: number, hours: number): Promise<void> {
    const rawFrom = Math.max(raw, this.#rawFrom);
    const old = `SELECT count(*) FROM recent WHERE time < ${integer(Math.max(raw, hours))}`;
    await this.#transaction(async () => {
      await this.#connection.run('DELETE FROM expired');
      await this.#connection.run(`INSERT INTO expired VALUES (${integer(rawFrom)})`);
    });
    this.#rawFrom = rawFrom;
    const [row] = await rowsOf(this.#connection, old);
    if (toNumber(row?.[0]) > 0) await this.#settling(async () => undefined);
  }

  /** Gives up the series of the devices, with their latest; the rest of their rows is left to be deleted. */
  async giveUp(devices: readonly string[]): Promise<void> {
    const ids = this.#names.series.matching(devices, undefined);
    if (ids.length === 0) return;
    const pairs = ids.map((id) => [id, 0] as const);
    await this.#settling(() =>
      withPairs(this.#connection, 'gone', ['series', 'unused'], pairs, async () => {
        await this.#connection.run('INSERT INTO erased SELECT series FROM gone');
        await this.#connection.run('DELETE FROM latest WHERE series IN (SELECT series FROM gone)');
        await this.#connection.run('DELETE FROM series WHERE id IN (SELECT series FROM gone)');
      }),
    );
    this.#names.series.remove(ids);
  }

  /** Runs one statement, in a transaction of its own, and resolves with how many rows it changed. */
  async change(sql: string): Promise<number> {
    const result = await this.#connection.run(sql);
    return result.rowsChanged;
  }

  close(): void {
    for (const appender of Object.values(this.#appenders)) {
      if ('closeSync' in appender) appender.closeSync();
      else appender.close();
    }
  }

  /** The rows of a batch, flushed into the open transaction: COMMIT alone would store nothing of them. */
  #append({ upTo, fresh, corrections, tallies }: Batch): void {
    const { series, accounts } = this.#names;
    const { recent, ledger, progress } = this.#appenders;
    for (const observation of fresh) recent.append(series.idOf(observation.device, observation.metric), observation);
    for (const { observation } of corrections) series.idOf(observation.device, observation.metric);
    for (const tally of tallies) ledger.append(accounts.idOf(tally.provider, tally.device), tally);
    progress.appendBigInt(BigInt(upTo));
    progress.endRow();
    appendNames(this.#appenders.series, series);
    appendNames(this.#appenders.accounts, accounts);
    for (const appender of Object.values(this.#appenders)) {
      if ('flushSync' in appender) appender.flushSync();
      else appender.flush();
    }
  }

  /** Settles whatever is recent, and goes on in the same transaction. */
  async #settling(body: () => Promise<void>): Promise<void> {
    await this.#transaction(async () => {
      await settle(this.#connection);
      await body();
    });
    this.#recent = 0;
    this.#ledger = 0;
  }

  async #transaction(body: () => Promise<void>): Promise<void> {
    await this.#connection.run('BEGIN');
    try {
      await body();
      await this.#connection.run('COMMIT');
    } catch (error) {
      await this.#undo();
      throw error;
    }
    this.#names.series.settle();
    this.#names.accounts.settle();
  }

  async #undo(): Promise<void> {
    this.#names.series.forget();
    this.#names.accounts.forget();
    for (const appender of Object.values(this.#appenders)) appender.clear();
    // A COMMIT that failed has already ended the transaction.
    await this.#connection.run('ROLLBACK').catch(() => undefined);
  }
}

function appendNames(appender: DuckDBAppender, index: PairIndex): void {
  for (const [id, first, second] of index.added()) {
    appender.appendInteger(id);
    appender.appendVarchar(first);
    appender.appendVarchar(second);
    appender.endRow();
  }
}
