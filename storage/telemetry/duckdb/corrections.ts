import type { DuckDBConnection } from '@duckdb/node-api';
import type { Correction } from '../port.ts';
import { ObservationAppender } from './observation-appender.ts';
import type { PairIndex } from './pair-index.ts';
import { BY_HOUR, COUNTED, rollUp } from './schema.ts';
import { TAKE_OVER } from './settle.ts';
import { SupersededAppender } from './superseded-appender.ts';
import { integer } from './values.ts';

const HOUR = 3_600_000;

/**
 * Applies corrections in order, within the caller's transaction: superseded values are kept, the winner's row takes the
 * last one over wherever it is, and the settled hours touched are computed anew from raw. Of those before `rawFrom` raw
 * has only a part: their counts and sums change by what is corrected, and their bounds only widen. `ordinal` numbers the
 * first superseded value.
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
  if (oldest < rawFrom) await changeOldHours(connection, oldest, Math.min(newest, rawFrom - 1));
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

/** Hours of `winner` between the times, by the difference it makes to the settled raw rows, which are still as they were. */
async function changeOldHours(connection: DuckDBConnection, from: number, to: number): Promise<void> {
  const between = `BETWEEN ${integer(from)} AND ${integer(to)}`;
  await connection.run(`MERGE INTO hour USING (
      SELECT series, start, sum(counts::INTEGER - counted::INTEGER)::BIGINT AS count,
        sum(if(counts, value, 0) - if(counted, old, 0)) AS sum,
        min(value) FILTER (counts) AS min, max(value) FILTER (counts) AS max, arg_max(value, time) FILTER (counts) AS last,
        min(time) FILTER (counts) AS oldest, max(time) FILTER (counts) AS newest
      FROM (
        SELECT series, time, time - time % 3600000 AS start, value, ${COUNTED} AS counts FROM winner WHERE time ${between}
      ) JOIN (
        SELECT series, time, value AS old, ${COUNTED} AS counted FROM observation WHERE time ${between}
      ) USING (series, time)
      GROUP BY ALL
    ) AS source
    ON hour.series = source.series AND hour.start = source.start
    WHEN MATCHED AND hour.count + source.count <= 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET
      count = hour.count + source.count, sum = hour.sum + source.sum,
      min = least(hour.min, source.min), max = greatest(hour.max, source.max),
      last = CASE WHEN source.newest >= hour.newest THEN source.last ELSE hour.last END,
      oldest = least(hour.oldest, source.oldest), newest = greatest(hour.newest, source.newest)
    WHEN NOT MATCHED AND source.count > 0 THEN INSERT`);
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
