import type { DuckDBConnection } from '@duckdb/node-api';
import type { Correction } from '../port.ts';
import { ObservationAppender } from './observation-appender.ts';
import type { PairIndex } from './pair-index.ts';
import { BY_HOUR, rollUp } from './schema.ts';
import { TAKE_OVER } from './settle.ts';
import { SupersededAppender } from './superseded-appender.ts';
import { integer } from './values.ts';

const HOUR = 3_600_000;

/**
 * Applies corrections in order, within the caller's transaction: superseded values are kept, the winner's row takes the
 * last one over wherever it is, and the settled hours touched are computed anew from raw, but for those before `rawFrom`,
 * of which raw has only a part. `ordinal` numbers the first superseded value.
 */
export async function applyCorrections(
  connection: DuckDBConnection,
  series: PairIndex,
  corrections: readonly Correction[],
  ordinal: number,
  rawFrom: number,
): Promise<void> {
  await keepSuperseded(connection, series, corrections, ordinal);
  const winners = new Map<string, Correction['observation']>();
  for (const { observation } of corrections) {
    winners.set(`${observation.time}|${observation.device}|${observation.metric}`, observation);
  }
  const times = corrections.map((correction) => correction.observation.time);
  const [oldest, newest] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  await connection.run('CREATE OR REPLACE TEMP TABLE winner AS FROM observation LIMIT 0');
  const rows = await ObservationAppender.open(connection, 'winner');
  for (const winner of winners.values()) rows.append(series.idOf(winner.device, winner.metric), winner);
  rows.flush();
  rows.close();
  for (const table of ['observation', 'recent', 'latest']) {
    await connection.run(`UPDATE ${table} SET ${TAKE_OVER} FROM winner AS source
      WHERE ${table}.series = source.series AND ${table}.time = source.time
        AND ${table}.time BETWEEN ${integer(oldest)} AND ${integer(newest)}`);
  }
  await recomputeHours(connection, Math.max(rawFrom, oldest - (((oldest % HOUR) + HOUR) % HOUR)), newest);
  await connection.run('DROP TABLE winner');
}

/** Hours of `winner`, from the hour `from` on, up to the last time, out of the settled raw rows. */
async function recomputeHours(connection: DuckDBConnection, from: number, to: number): Promise<void> {
  const hours = '(SELECT DISTINCT series, time - time % 3600000 AS start FROM winner)';
  const [first, last] = [integer(from), integer(to)];
  await connection.run(`DELETE FROM hour
    WHERE start BETWEEN ${first} AND ${last} AND (series, start) IN ${hours}`);
  await connection.run(
    `INSERT INTO hour ${rollUp(
      BY_HOUR,
      'observation',
      `time BETWEEN ${first} AND ${integer(to + HOUR)} AND (series, time - time % 3600000) IN ${hours}`,
    )}`,
  );
}

async function keepSuperseded(
  connection: DuckDBConnection,
  series: PairIndex,
  corrections: readonly Correction[],
  ordinal: number,
): Promise<void> {
  const rows = await SupersededAppender.open(connection);
  for (const [i, { observation, superseded }] of corrections.entries())
    rows.append(series.idOf(observation.device, observation.metric), observation.time, superseded, ordinal + i);
  rows.flush();
  rows.close();
}
