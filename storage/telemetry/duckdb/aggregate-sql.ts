import type { AggregateQuery } from '../port.ts';
import { addUp, COUNTED, hourParts, rollUp } from './schema.ts';
import { integer } from './values.ts';
import { onWholeHours, type Run, runsOf, windowSql } from './windows.ts';

const HOUR = 3_600_000;
/** A device's figure in a window, out of the columns of `part`. */
const OVER_TIME = { mean: 'sum / count', sum: 'sum', last: 'last', max: 'max' } as const;
const OVER_DEVICES = { sum: 'sum', mean: 'avg', max: 'max' } as const;
/** Series of the table `member(series, grp)`, which the caller makes. */
const MEMBERS = 'series IN (SELECT series FROM member)';

/**
 * The two stages: each device within a window (`part`), then the devices of a group (`figure`). A device counts in every
 * group it is a member of, and is read only once. Columns are those of AggregateRow, then p50 and p95; `grp` is the
 * member's or the H3 cell, as numbers.
 */
export function aggregateSql(query: AggregateQuery): string {
  const runs = runsOf(query);
  const grouped =
    query.cellResolution === undefined
      ? 'SELECT part.*, member.grp FROM part JOIN member ON part.series = member.series'
      : 'SELECT part.*, part.cell AS grp FROM part';
  const figure = OVER_TIME[query.overTime];
  const stages = `WITH part AS (${partSql(query, runs)}), device AS (${grouped}), figure AS (
    SELECT grp, start::DOUBLE AS start, ${OVER_DEVICES[query.overDevices]}(${figure}) AS value,
      avg(sum / count) AS mean, min(min) AS min, max(max) AS max, sum(${figure}) AS sum, sum(count)::DOUBLE AS count,
      count(*)::DOUBLE AS devices, min(oldest)::DOUBLE AS oldest, max(newest)::DOUBLE AS newest
    FROM device GROUP BY grp, device.start)`;
  if (!query.percentiles) return `${stages} SELECT * FROM figure ORDER BY start, grp`;
  return `${stages}, percentile AS (${percentileSql(query, runs)})
    SELECT figure.*, cuts[1], cuts[2] FROM figure JOIN percentile USING (grp, start) ORDER BY start, grp`;
}

/** Figures of each series in each window, and in each cell where cells are asked for. */
function partSql(query: AggregateQuery, runs: readonly Run[]): string {
  const { cellResolution, from, to } = query;
  if (cellResolution !== undefined) {
    const key = `series, ${parentCell(cellResolution)} AS cell, ${windowSql(runs, 'time')} AS start`;
    return rollUp(key, 'raw', `${MEMBERS} AND cell IS NOT NULL AND ${between(from, to)}`);
  }
  const raw = (first: number, end: number) =>
    rollUp(`series, ${windowSql(runs, 'time')} AS start`, 'raw', `${MEMBERS} AND ${between(first, end)}`);
  const [first, end] = [Math.ceil(from / HOUR) * HOUR, Math.floor(to / HOUR) * HOUR];
  if (first >= end || query.percentiles || !(query.window === 'all' || onWholeHours(runs))) return raw(from, to);
  // Whole hours come from the hour rows; only what the bounds cut off an hour is looked up in raw.
  const hours = `SELECT * REPLACE (${windowSql(runs, 'start')} AS start) FROM (${hourParts(MEMBERS, first, end)})`;
  const cut = [...(from < first ? [raw(from, first)] : []), ...(end < to ? [raw(end, to)] : [])];
  return addUp('series, start', [hours, ...cut].join(' UNION ALL '));
}

/** Percentiles cannot be put together out of parts: they come from the raw values of the group. */
function percentileSql({ cellResolution, from, to }: AggregateQuery, runs: readonly Run[]): string {
  const [grp, source, where] =
    cellResolution === undefined
      ? ['grp', 'raw JOIN member ON raw.series = member.series', 'true']
      : [parentCell(cellResolution), 'raw', `cell IS NOT NULL AND ${MEMBERS}`];
  return `SELECT ${grp} AS grp, (${windowSql(runs, 'time')})::DOUBLE AS start, quantile_cont(value, [0.5, 0.95]) AS cuts
    FROM ${source} WHERE ${COUNTED} AND ${where} AND ${between(from, to)} GROUP BY ALL`;
}

const between = (from: number, to: number): string => `time >= ${integer(from)} AND time < ${integer(to)}`;

/**
 * The cell's parent: an H3 index has its resolution in bits 52 to 55 and three bits for each finer digit, all ones
 * beyond its resolution (https://h3geo.org/docs/core-library/h3Indexing).
 */
function parentCell(resolution: number): string {
  if (!Number.isInteger(resolution) || resolution < 0 || resolution > 15) {
    throw new RangeError(`${resolution} is no H3 resolution`);
  }
  const finer = (1n << BigInt(3 * (15 - resolution))) - 1n;
  const kept = ((1n << 64n) - 1n) & ~(15n << 52n) & ~finer;
  return `((cell & ${kept}::UBIGINT) | ${(BigInt(resolution) << 52n) | finer}::UBIGINT)`;
}
