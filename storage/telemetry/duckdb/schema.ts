import type { DuckDBConnection } from '@duckdb/node-api';
import { integer, qualityCode, rowsOf, toNumber } from './values.ts';

const OBSERVATION = `(
  series INTEGER NOT NULL, time BIGINT NOT NULL, value DOUBLE NOT NULL, quality UTINYINT NOT NULL,
  received BIGINT NOT NULL, flags UTINYINT NOT NULL, lon DOUBLE, lat DOUBLE, cell UBIGINT
)`;
const counts = (type: string) => `(account INTEGER NOT NULL, processed ${type} NOT NULL,
  quarantined_messages ${type} NOT NULL, decoded ${type} NOT NULL, stored ${type} NOT NULL, duplicate ${type} NOT NULL,
  corrected ${type} NOT NULL, quarantined_observations ${type} NOT NULL)`;
const SERIES = '(id INTEGER NOT NULL, device VARCHAR NOT NULL, metric VARCHAR NOT NULL)';
const SUPERSEDED = '(series INTEGER NOT NULL, time BIGINT NOT NULL, value DOUBLE NOT NULL, ordinal BIGINT NOT NULL)';
/** Raw rows that count in figures: invalid ones do not. */
export const COUNTED = `quality <> ${qualityCode('invalid')}`;

/**
 * Figures of the raw rows of `source` (a FROM clause) that meet `where`, one row for each `key`: named expressions that
 * come first. Invalid observations are left out.
 */
export const rollUp = (key: string, source: string, where = 'true'): string =>
  `SELECT ${key}, count(*) AS count, sum(value) AS sum, min(value) AS min, max(value) AS max,
    arg_max(value, time) AS last, min(time) AS oldest, max(time) AS newest
  FROM ${source} WHERE ${COUNTED} AND ${where} GROUP BY ALL`;

/** The key of hour rows. */
export const BY_HOUR = 'series, time - time % 3600000 AS start';

/** Rows of figures in `source`, a query, added up by `key`. */
export const addUp = (key: string, source: string): string =>
  `SELECT ${key}, sum(count)::BIGINT AS count, sum(sum) AS sum, min(min) AS min, max(max) AS max,
    arg_max(last, newest) AS last, min(oldest) AS oldest, max(newest) AS newest FROM (${source}) GROUP BY ALL`;

/** Parts of the hour rows with `from <= start < to` of the series that meet `series`, a condition: settled and recent. */
export const hourParts = (series: string, from: number, to: number): string =>
  `SELECT * FROM hour WHERE ${series} AND start >= ${integer(from)} AND start < ${integer(to)} UNION ALL
    ${rollUp(BY_HOUR, 'recent', `${series} AND time >= ${integer(from)} AND time < ${integer(to)}`)}`;

/**
 * What a put writes is appended to `recent` (and `ledger_recent`, `progress`) and nothing else, so that a commit costs
 * the same however many series there are. Every so many rows `recent` is settled: sorted into `observation`, merged
 * into `latest`, `hour` and `ledger`, in the transaction of that put. Every reading adds settled and recent up, so a reader
 * sees latest values, hours and books that agree with the raw rows at every moment, and so does a restart after a crash.
 * No table has a primary key: with one, an insert costs three times as much and deleting a day takes minutes.
 */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE series ${SERIES}`,
    'CREATE TABLE account (id INTEGER NOT NULL, provider VARCHAR NOT NULL, device VARCHAR NOT NULL)',
    `CREATE TABLE observation ${OBSERVATION}`,
    `CREATE TABLE recent ${OBSERVATION}`,
    `CREATE TABLE latest ${OBSERVATION}`,
    `CREATE TABLE hour (
      series INTEGER NOT NULL, start BIGINT NOT NULL, count BIGINT NOT NULL, sum DOUBLE NOT NULL, min DOUBLE NOT NULL,
      max DOUBLE NOT NULL, last DOUBLE NOT NULL, oldest BIGINT NOT NULL, newest BIGINT NOT NULL
    )`,
    `CREATE TABLE superseded ${SUPERSEDED}`,
    `CREATE TABLE ledger ${counts('BIGINT')}`,
    `CREATE TABLE ledger_recent ${counts('INTEGER')}`,
    'CREATE TABLE progress (seq BIGINT NOT NULL)',
    `CREATE VIEW raw AS SELECT * FROM observation UNION ALL SELECT * FROM recent`,
    `CREATE VIEW heads AS SELECT series, max(time) AS time
      FROM (SELECT series, time FROM latest UNION ALL SELECT series, time FROM recent) GROUP BY series`,
  ],
  [
    // Series given up whose rows are still to be deleted; they are in `series` no more.
    'CREATE TABLE erased (series INTEGER NOT NULL)',
    // The UTC hour before which raw rows went or are going: hours before it are not computed anew from what is left.
    'CREATE TABLE expired (before BIGINT NOT NULL)',
  ],
];

/** Raw observations, what they superseded and the names of their series, and nothing of what is derived from them. */
export const RAW_TABLES = [
  `CREATE TABLE series ${SERIES}`,
  `CREATE TABLE raw ${OBSERVATION}`,
  `CREATE TABLE superseded ${SUPERSEDED}`,
] as const;

/** Brings the file to the newest schema, each version in one transaction. Throws when a newer program made it. */
export async function migrate(connection: DuckDBConnection): Promise<void> {
  await connection.run('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
  const [row] = await rowsOf(connection, 'SELECT coalesce(max(version), 0) FROM schema_version');
  const version = toNumber(row?.[0]);
  if (version > MIGRATIONS.length) {
    throw new Error(`the telemetry file has schema ${version}; this program knows ${MIGRATIONS.length}: update it`);
  }
  for (const [i, statements] of MIGRATIONS.entries()) {
    if (i < version) continue;
    await connection.run('BEGIN');
    for (const statement of statements) await connection.run(statement);
    await connection.run(`INSERT INTO schema_version VALUES (${i + 1})`);
    await connection.run('COMMIT');
  }
}
