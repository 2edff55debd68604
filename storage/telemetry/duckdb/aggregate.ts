import type { DuckDBConnection } from '@duckdb/node-api';
import type { AggregateQuery, AggregateRow } from '../port.ts';
import { aggregateSql } from './aggregate-sql.ts';
import type { PairIndex } from './pair-index.ts';
import { withCells, withPairs } from './stage.ts';
import { type Row, rowsOf, toNumber } from './values.ts';

/** Of a mover that has no group of its own. */
const NO_GROUP = -1;

/** As TelemetryStore.aggregate. Throws a RangeError for bounds or a time zone that make no sense. */
export async function aggregate(
  connection: DuckDBConnection,
  series: PairIndex,
  query: AggregateQuery,
): Promise<AggregateRow[]> {
  if (query.to <= query.from) return [];
  const groups = new Numbers();
  /** The device's series of the metric and its group's number; nothing where the series is not there. */
  const numbered = (device: string, group: string | undefined): (readonly [number, number])[] => {
    const id = series.find(device, query.metric);
    return id === undefined ? [] : [[id, group === undefined ? NO_GROUP : groups.of(group)]];
  };
  const members = query.members.flatMap(({ device, group }) => numbered(device, group));
  const movers = query.movers?.devices.flatMap(({ device, group }) => numbered(device, group)) ?? [];
  const moving = movers.length > 0;
  const places = moving ? (query.movers?.places ?? []).map(({ cell, group }) => [cell, groups.of(group)] as const) : [];
  if (members.length === 0 && places.length === 0) return [];

  const ask = async () => {
    const rows = await rowsOf(connection, aggregateSql(query, places.length > 0));
    return rows.map((row) => toAggregateRow(groups.name(toNumber(row[0])), row, query.percentiles));
  };
  return withPairs(connection, 'member', ['series', 'grp'], members, () =>
    places.length === 0
      ? ask()
      : withPairs(connection, 'mover', ['series', 'own'], movers, () =>
          withCells(connection, 'place', ['cell', 'here'], places, ask),
        ),
  );
}

/** Numbers for names, from 0 on. */
class Numbers {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  name(number: number): string {
    return this.#names[number] ?? '';
  }
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
    ...(percentiles && typeof row[11] === 'number' ? { p50: figure(11), p95: figure(12) } : {}),
  };
}
