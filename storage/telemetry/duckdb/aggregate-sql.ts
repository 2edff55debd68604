import type { AggregateQuery } from '../port.ts';
import { addUp, COUNTED, hourParts, rollUp } from './schema.ts';
import { integer } from './values.ts';
import { onWholeHours, type Run, runsOf, windowSql } from './windows.ts';

const HOUR = 3_600_000;
/** A device's figure in a window, out of the columns of `part`. */
const OVER_TIME = { mean: 'sum / count', sum: 'sum', last: 'last', max: 'max' } as const;
const OVER_DEVICES = { sum: 'sum', mean: 'avg', max: 'max' } as const;
const MEMBERS = 'series IN (SELECT series FROM member)';
/** What movers observed in the places, and the group of it. */
const MOVED = 'raw JOIN mover USING (series) JOIN place USING (cell)';
const MOVED_GROUP = 'if(own >= 0, own, here)';

/**
 * The two stages: each device within a window and group (`device`), then the devices of a group (`figure`). Reads the
 * tables `member(series, grp)` and, where `moving`, `mover(series, own)` with a negative number for no group of its own and
 * `place(cell, here)`, which the caller makes. Columns are those of AggregateRow, then p50 and p95; groups are numbers.
 */
export function aggregateSql(query: AggregateQuery, moving: boolean): string {
  const runs = runsOf(query);
  const figure = OVER_TIME[query.overTime];
  const stages = `WITH part AS (${partSql(query, runs)}), device AS (${deviceSql(query, runs, moving)}), figure AS (
    SELECT grp, start::DOUBLE AS start, ${OVER_DEVICES[query.overDevices]}(${figure}) AS value,
      avg(sum / count) AS mean, min(min) AS min, max(max) AS max, sum(${figure}) AS sum, sum(count)::DOUBLE AS count,
      count(*)::DOUBLE AS devices, min(oldest)::DOUBLE AS oldest, max(newest)::DOUBLE AS newest
    FROM device GROUP BY grp, device.start)`;
  const columns = 'figure.* REPLACE (grp::DOUBLE AS grp)';
  if (!query.percentiles) return `${stages} SELECT ${columns} FROM figure ORDER BY start, figure.grp`;
  return `${stages}, percentile AS (${percentileSql(query, runs, moving)})
    SELECT ${columns}, if(percentile.n = figure.count, cuts[1], NULL), if(percentile.n = figure.count, cuts[2], NULL)
    FROM figure LEFT JOIN percentile USING (grp, start) ORDER BY start, figure.grp`;
}

/** Figures of each member's series in each window, read once however many groups it is in. */
function partSql({ window, from, to }: AggregateQuery, runs: readonly Run[]): string {
  const raw = (first: number, end: number) =>
    rollUp(`series, ${windowSql(runs, 'time')} AS start`, 'raw', `${MEMBERS} AND ${between(first, end)}`);
  const [first, end] = [Math.ceil(from / HOUR) * HOUR, Math.floor(to / HOUR) * HOUR];
  if (first >= end || !(window === 'all' || onWholeHours(runs))) return raw(from, to);
  // Whole hours come from the hour rows; only what the bounds cut off an hour is looked up in raw.
  const hours = `SELECT * REPLACE (${windowSql(runs, 'start')} AS start) FROM (${hourParts(MEMBERS, first, end)})`;
  const cut = [...(from < first ? [raw(from, first)] : []), ...(end < to ? [raw(end, to)] : [])];
  return addUp('series, start', [hours, ...cut].join(' UNION ALL '));
}

/** The parts in every group of their device, and those of movers, which only raw can tell apart by place. */
function deviceSql({ from, to }: AggregateQuery, runs: readonly Run[], moving: boolean): string {
  const members = 'SELECT part.*, member.grp FROM part JOIN member ON part.series = member.series';
  if (!moving) return members;
  const key = `series, ${windowSql(runs, 'time')} AS start, ${MOVED_GROUP} AS grp`;
  return `${members} UNION ALL BY NAME ${rollUp(key, MOVED, between(from, to))}`;
}

/**
 * Percentiles cannot be put together out of parts: they come from the raw values of the group, and `n` says how many of
 * these are left.
 */
function percentileSql({ from, to }: AggregateQuery, runs: readonly Run[], moving: boolean): string {
  const values = (grp: string, source: string) =>
    `SELECT ${grp} AS grp, time, value FROM ${source} WHERE ${COUNTED} AND ${between(from, to)}`;
  const sources = [values('grp', 'raw JOIN member ON raw.series = member.series')];
  if (moving) sources.push(values(MOVED_GROUP, MOVED));
  return `SELECT grp, (${windowSql(runs, 'time')})::DOUBLE AS start, count(*) AS n, quantile_cont(value, [0.5, 0.95]) AS cuts
    FROM (${sources.join(' UNION ALL ')}) GROUP BY ALL`;
}

const between = (from: number, to: number): string => `time >= ${integer(from)} AND time < ${integer(to)}`;
