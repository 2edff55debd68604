import type { DuckDBConnection } from '@duckdb/node-api';
import type { AggregateQuery, AggregateRow } from '../port.ts';
import { aggregateSql } from './aggregate-sql.ts';
import type { PairIndex } from './pair-index.ts';
import { withPairs } from './stage.ts';
import { type Row, rowsOf, toInteger64, toNumber } from './values.ts';

/** As TelemetryStore.aggregate. Throws a RangeError for bounds, a time zone or a resolution that make no sense. */
export async function aggregate(
  connection: DuckDBConnection,
  series: PairIndex,
  query: AggregateQuery,
): Promise<AggregateRow[]> {
  if (query.to <= query.from) return [];
  const groups = new Map<string, number>();
  const members: (readonly [number, number])[] = [];
  for (const { device, group } of query.members) {
    const id = series.find(device, query.metric);
    if (id === undefined) continue;
    const place = groups.get(group) ?? groups.size;
    groups.set(group, place);
    members.push([id, place]);
  }
  if (members.length === 0) return [];
  const names = [...groups.keys()];
  const nameOf = (grp: bigint) => (query.cellResolution === undefined ? (names[Number(grp)] ?? '') : grp.toString(16));
  return withPairs(connection, 'member', ['series', 'grp'], members, async () => {
    const rows = await rowsOf(connection, aggregateSql(query));
    return rows.map((row) => toAggregateRow(nameOf(toInteger64(row[0])), row, query.percentiles));
  });
}

function toAggregateRow(group: string, row: Row, percentiles: boolean): AggregateRow {
  const figure = (i: number) => toNumber(row[i]);
  return {
    group,
    start: figure(1),
    value: figure(2),
    mean: figure(3),
    min: figure(4),
    max: figure(5),
    sum: figure(6),
    count: figure(7),
    devices: figure(8),
    oldest: figure(9),
    newest: figure(10),
    ...(percentiles ? { p50: figure(11), p95: figure(12) } : {}),
  };
}
