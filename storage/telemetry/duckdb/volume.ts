import type { DuckDBConnection } from '@duckdb/node-api';
import { bucketRuns, onWholeHours } from '../buckets.ts';
import type { BucketQuery, VolumeQuery, VolumeRow } from '../port.ts';
import { between, placeSql } from './frames.ts';
import type { PairIndex } from './pair-index.ts';
import { COUNTED, hourParts } from './schema.ts';
import { withCells, withPairs } from './stage.ts';
import { rowsOf, toNumber } from './values.ts';

const HOUR = 3_600_000;
const WANTED = 'series IN (SELECT series FROM wanted)';
/** What movers observed in the places. */
const MOVED = 'raw JOIN mover USING (series) JOIN place USING (cell)';
/** What all metrics have together: one of them alone is all of it. */
const TOGETHER = 'SELECT NULL, bucket, sum(n)::DOUBLE, count(DISTINCT device)::DOUBLE FROM told GROUP BY ALL';

/** As TelemetryStore.volume. */
export async function volume(
  connection: DuckDBConnection,
  series: PairIndex,
  query: VolumeQuery,
): Promise<VolumeRow[]> {
  const { from, to, starts, movers } = query;
  const devices = [...new Set(query.devices)];
  const metrics = [...new Set(query.metrics)];
  // Device and metric in one number: a temporary table has room for one beside the series.
  const pairsOf = (some: readonly string[], offset: number) =>
    some.flatMap((device, d) =>
      metrics.flatMap((metric, m) => {
        const id = series.find(device, metric);
        return id === undefined ? [] : [[id, (offset + d) * metrics.length + m] as const];
      }),
    );
  const standing = pairsOf(devices, 0);
  const places = (movers?.cells ?? []).map((cell) => [cell, 0] as const);
  const moving = places.length > 0 ? pairsOf([...new Set(movers?.devices)], devices.length) : [];
  if (standing.length + moving.length === 0 || from >= to) return [];

  const counts = moving.length > 0 ? `${countsSql(query)} UNION ALL ${movedSql(query)}` : countsSql(query);
  const known = moving.length > 0 ? '(SELECT * FROM wanted UNION ALL SELECT * FROM mover)' : 'wanted';
  const told = `WITH told AS MATERIALIZED (
      SELECT bucket, n, what // ${metrics.length} AS device, what % ${metrics.length} AS metric
      FROM (SELECT series, bucket, sum(n) AS n FROM (${counts}) GROUP BY ALL) JOIN ${known} USING (series))`;
  const sql = `${told}
    SELECT metric::DOUBLE, bucket, sum(n)::DOUBLE, count(*)::DOUBLE FROM told GROUP BY ALL
    ${metrics.length > 1 ? `UNION ALL ${TOGETHER}` : ''}`;
  const byDevice = async () => {
    const names = [...devices, ...new Set(movers?.devices)];
    const rows = await rowsOf(connection, `${told} SELECT device::DOUBLE, metric::DOUBLE, bucket, n::DOUBLE FROM told`);
    return rows.map(([device, metric, bucket, n]) => ({
      metric: metrics[toNumber(metric)],
      device: names[toNumber(device)],
      start: starts[toNumber(bucket)] ?? from,
      observations: toNumber(n),
      devices: 1,
    }));
  };
  const ask = async () => {
    if (query.byDevice) return byDevice();
    const rows = (await rowsOf(connection, sql)).map(([metric, bucket, n, d]) => ({
      metric: metric === null ? undefined : metrics[toNumber(metric)],
      start: starts[toNumber(bucket)] ?? from,
      observations: toNumber(n),
      devices: toNumber(d),
    }));
    return metrics.length > 1 ? rows : rows.flatMap((row) => [row, { ...row, metric: undefined }]);
  };
  return withPairs(connection, 'wanted', ['series', 'what'], standing, () =>
    moving.length === 0
      ? ask()
      : withPairs(connection, 'mover', ['series', 'what'], moving, () =>
          withCells(connection, 'place', ['cell', 'unused'], places, ask),
        ),
  );
}

/** Rows (series, bucket, n) that make up what stands; several may be of one series and bucket. */
function countsSql({ from, to, starts }: BucketQuery): string {
  const runs = bucketRuns(starts, to);
  const raw = (first: number, end: number) =>
    `SELECT series, (${placeSql(runs, 'time')})::INTEGER AS bucket, count(*) AS n
      FROM raw WHERE ${WANTED} AND ${COUNTED} AND ${between('time', first, end)} GROUP BY ALL`;
  const [first, end] = [Math.ceil(from / HOUR) * HOUR, Math.floor(to / HOUR) * HOUR];
  if (first >= end || !onWholeHours(starts)) return raw(from, to);
  // Whole hours come from the hour rows; only what the bounds cut off an hour is counted in raw.
  const hours = `SELECT series, (${placeSql(runs, 'start')})::INTEGER AS bucket, count AS n
    FROM (${hourParts(WANTED, first, end)})`;
  const cut = [...(from < first ? [raw(from, first)] : []), ...(end < to ? [raw(end, to)] : [])];
  return [hours, ...cut].join(' UNION ALL ');
}

/** As `countsSql`, of what moves: only raw can tell by place. */
const movedSql = ({ from, to, starts }: BucketQuery): string =>
  `SELECT series, (${placeSql(bucketRuns(starts, to), 'time')})::INTEGER AS bucket, count(*) AS n
    FROM ${MOVED} WHERE ${COUNTED} AND ${between('time', from, to)} GROUP BY ALL`;
