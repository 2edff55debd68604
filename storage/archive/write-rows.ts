import { rm } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Observation } from '../../model/observation.ts';
import { run } from '../duckdb/behind.ts';
import { extract } from '../telemetry/duckdb/extract.ts';
import { ObservationAppender } from '../telemetry/duckdb/observation-appender.ts';
import { PairIndex } from '../telemetry/duckdb/pair-index.ts';
import { RAW_TABLES } from '../telemetry/duckdb/schema.ts';
import { SupersededAppender } from '../telemetry/duckdb/superseded-appender.ts';
import type { Extract, Identity } from '../telemetry/port.ts';
import { archiveColumns, literal, PARQUET } from './columns.ts';
import { openEngine } from './engine.ts';

/** Takes observations and what they superseded, in any order. */
export interface Rows {
  /** Each identity once. */
  add(observation: Observation): void;
  /** `ordinal` orders the values of one identity. */
  supersede(identity: Identity, value: number, ordinal: number): void;
}

/** Runs `body` over the tables RAW_TABLES of a DuckDB of its own, filled row by row; it spills beside `path`. */
async function withRows<T>(
  path: string,
  fill: (rows: Rows) => Promise<void>,
  body: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const spill = `${path}.spill`;
  const engine = await openEngine(spill);
  try {
    return await engine.use(async (connection) => {
      for (const statement of RAW_TABLES) await connection.run(statement);
      await append(connection, fill);
      return body(connection);
    });
  } finally {
    engine.close();
    await rm(spill, { recursive: true, force: true });
  }
}

/** Writes observations of `from <= time < to` that come row by row into a Parquet file, as TelemetryStore.extract does. */
export const writeRows = (
  path: string,
  [from, to]: readonly [number, number],
  fill: (rows: Rows) => Promise<void>,
): Promise<Extract> => withRows(path, fill, (connection) => extract(connection, from, to, path));

/** Writes observations that come row by row into a Parquet file for others: without cells, ordered by time, device, metric. */
export const writeExport = (path: string, fill: (rows: Pick<Rows, 'add'>) => Promise<void>): Promise<void> =>
  withRows(path, fill, async (connection) => {
    const columns = archiveColumns('s.device', 's.metric', 'NULL');
    await run(
      connection,
      `COPY (SELECT * EXCLUDE (cell, superseded) FROM (SELECT ${columns} FROM raw o JOIN series s ON o.series = s.id)
      ORDER BY time, device, metric) TO ${literal(path)} ${PARQUET}`,
    );
  });

async function append(connection: DuckDBConnection, fill: (rows: Rows) => Promise<void>): Promise<void> {
  const names = new PairIndex();
  const [raw, superseded] = [
    await ObservationAppender.open(connection, 'raw'),
    await SupersededAppender.open(connection),
  ];
  await fill({
    add: (observation) => raw.append(names.idOf(observation.device, observation.metric), observation),
    supersede: ({ device, metric, time }, value, ordinal) =>
      superseded.append(names.idOf(device, metric), time, value, ordinal),
  });
  for (const rows of [raw, superseded]) {
    rows.flush();
    rows.close();
  }
  const series = await connection.createAppender('series');
  for (const [id, device, metric] of names.added()) {
    series.appendInteger(id);
    series.appendVarchar(device);
    series.appendVarchar(metric);
    series.endRow();
  }
  series.flushSync();
  series.closeSync();
}
