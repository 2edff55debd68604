import { FLAGS, QUALITIES } from '../../model/observation.ts';

/**
 * An archived observation in Parquet: `device`, `metric`, `quality` and `flags` (between commas) as text, `time` and
 * `received` as timestamps in UTC, `value`, `lon` and `lat` as doubles, `cell` as H3's 64-bit number, `superseded` as the
 * list of values that the identity had before, oldest first. What is not there is NULL. Rows are ordered by device, metric
 * and time: so they take the least room.
 */
export const ARCHIVE_COLUMNS = 'device, metric, time, value, quality, received, flags, lon, lat, cell, superseded';
export const ARCHIVE_ORDER = 'device, metric, time';
/** How files are written. */
export const PARQUET = '(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** A text as SQL. */
export const literal = quoted;

/** A column of ms as a timestamp in UTC. */
const moment = (column: string): string => `make_timestamp_ms(${column}) AT TIME ZONE 'UTC'`;
const combinations = Array.from({ length: 1 << FLAGS.length }, (_, bits) =>
  FLAGS.filter((_, i) => bits & (1 << i)).join(','),
);
const oneOf = (column: string, texts: readonly string[]): string =>
  `CASE ${column} ${texts.map((text, code) => `WHEN ${code} THEN ${quoted(text)}`).join(' ')} END`;

/**
 * ARCHIVE_COLUMNS out of `o`, which has times in ms, quality by its place in QUALITIES and flags as bits in the order of
 * FLAGS, and of the expressions given for the rest.
 */
export const archiveColumns = (device: string, metric: string, superseded: string): string =>
  [
    `${device} AS device, ${metric} AS metric, ${moment('o.time')} AS time, o.value`,
    `${oneOf('o.quality', QUALITIES)} AS quality, ${moment('o.received')} AS received`,
    `${oneOf('o.flags', combinations)} AS flags, o.lon, o.lat, o.cell, ${superseded} AS superseded`,
  ].join(', ');

/** A time (ms) to compare the column `time` with. Throws a RangeError for what is no safe integer. */
export function at(time: number): string {
  if (!Number.isSafeInteger(time)) throw new RangeError(`${time} is not a safe integer`);
  return `(make_timestamp_ms(${time}) AT TIME ZONE 'UTC')`;
}
