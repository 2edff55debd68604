import type { DuckDBConnection } from '@duckdb/node-api';
import { SETTLE_LEDGER } from './ledger.ts';
import { BY_HOUR, rollUp } from './schema.ts';
import { integer, rowsOf, toNumber } from './values.ts';

const NEWEST = `SELECT o.* FROM recent o
  JOIN (SELECT series, max(time) AS time FROM recent GROUP BY series) h ON o.series = h.series AND o.time = h.time`;
const COLUMNS = ['value', 'quality', 'received', 'flags', 'lon', 'lat', 'cell'];
const assign = (columns: readonly string[], source: string) =>
  columns.map((column) => `${column} = ${source}.${column}`).join(', ');
/** Everything of an observation but its identity, taken over from `source`. */
export const TAKE_OVER = assign(COLUMNS, 'source');

const SETTLE_LATEST = `MERGE INTO latest USING (${NEWEST}) AS source ON latest.series = source.series
  WHEN MATCHED AND source.time >= latest.time THEN UPDATE SET time = source.time, ${TAKE_OVER}
  WHEN NOT MATCHED THEN INSERT`;

/** `from` and `to` bound the hours that can be met, so that only their part of the table is looked at. */
const settleHours = (from: number, to: number) => `MERGE INTO hour USING (${rollUp(BY_HOUR, 'recent')}) AS source
  ON hour.series = source.series AND hour.start = source.start
    AND hour.start BETWEEN ${integer(from - 3_600_000)} AND ${integer(to)}
  WHEN MATCHED THEN UPDATE SET
    count = hour.count + source.count, sum = hour.sum + source.sum,
    min = least(hour.min, source.min), max = greatest(hour.max, source.max),
    last = CASE WHEN source.newest > hour.newest THEN source.last ELSE hour.last END,
    oldest = least(hour.oldest, source.oldest), newest = greatest(hour.newest, source.newest)
  WHEN NOT MATCHED THEN INSERT`;

/**
 * Moves `recent` into the settled tables, within the caller's transaction. New rows sorted by series are read back
 * faster and take less room; late ones need nothing special, since an hour's figures add up in any order.
 */
export async function settle(connection: DuckDBConnection): Promise<void> {
  const [bounds] = await rowsOf(connection, 'SELECT count(*), min(time), max(time) FROM recent');
  if (bounds && toNumber(bounds[0]) > 0) {
    await connection.run(SETTLE_LATEST);
    await connection.run(settleHours(toNumber(bounds[1]), toNumber(bounds[2])));
    await connection.run('INSERT INTO observation SELECT * FROM recent ORDER BY series, time');
    await connection.run('DELETE FROM recent');
  }
  for (const statement of SETTLE_LEDGER) await connection.run(statement);
  await connection.run('DELETE FROM progress WHERE seq < (SELECT max(seq) FROM progress)');
}
