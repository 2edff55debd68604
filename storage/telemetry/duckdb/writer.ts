import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { Batch, Checkpoint } from '../port.ts';
import { applyCorrections } from './corrections.ts';
import { LedgerAppender, readTallies } from './ledger.ts';
import { ObservationAppender } from './observation-appender.ts';
import type { PairIndex } from './pair-index.ts';
import { settle } from './settle.ts';
import { rowsOf, toNumber } from './values.ts';

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

  private constructor(
    connection: DuckDBConnection,
    names: Names,
    appenders: Appenders,
    settleAfter: number,
    [seq, recent, ledger, ordinal]: readonly [number, number, number, number],
  ) {
    this.#connection = connection;
    this.#names = names;
    this.#appenders = appenders;
    this.#settleAfter = settleAfter;
    this.#seq = seq;
    this.#recent = recent;
    this.#ledger = ledger;
    this.#ordinal = ordinal;
  }

  static async open(connection: DuckDBConnection, names: Names, settleAfter: number): Promise<Writer> {
    const one = async (sql: string) => toNumber((await rowsOf(connection, sql))[0]?.[0]);
    const state = [
      await one('SELECT coalesce(max(seq), 0) FROM progress'),
      await one('SELECT count(*) FROM recent'),
      await one('SELECT count(*) FROM ledger_recent'),
      await one('SELECT coalesce(max(ordinal) + 1, 0) FROM superseded'),
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
        await applyCorrections(this.#connection, this.#names.series, batch.corrections, this.#ordinal);
      }
      if (full) await settle(this.#connection);
    });
    this.#seq = batch.upTo;
    this.#ordinal += batch.corrections.length;
    this.#recent = full ? 0 : recent;
    this.#ledger = full ? 0 : ledger;
  }

  /** Settles whatever is recent. */
  async settle(): Promise<void> {
    await this.#transaction(() => settle(this.#connection));
    this.#recent = 0;
    this.#ledger = 0;
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
