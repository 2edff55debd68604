import type { DuckDBConnection } from '@duckdb/node-api';
import type { Observation } from '../../../model/observation.ts';
import type { Corrected, Held, HourRow, Identity, RangeQuery, SeriesHead } from '../port.ts';
import type { PairIndex } from './pair-index.ts';
import { addUp, COUNTED, hourParts } from './schema.ts';
import { withPairs } from './stage.ts';
import {
  integer,
  OBSERVATION_COLUMNS,
  type Row,
  rowsOf,
  toCell,
  toNumber,
  toNumbers,
  toObservation,
} from './values.ts';

/** Up to here ids stand in the statement, where the zones of the table can be skipped by them. */
const INLINE_AT_MOST = 500;

/** Runs `body` with a condition on `column` that holds for the given series. */
async function withSeries<T>(
  connection: DuckDBConnection,
  column: string,
  ids: readonly number[],
  body: (condition: string) => Promise<T>,
): Promise<T> {
  if (ids.length <= INLINE_AT_MOST) return body(`${column} IN (${ids.map(integer).join(', ')})`);
  const pairs = ids.map((id) => [id, 0] as const);
  return withPairs(connection, 'wanted', ['series', 'unused'], pairs, () =>
    body(`${column} IN (SELECT series FROM wanted)`),
  );
}

/** As TelemetryStore.heads. */
export async function heads(connection: DuckDBConnection, series: PairIndex): Promise<SeriesHead[]> {
  const rows = await rowsOf(connection, 'SELECT series, time::DOUBLE FROM heads');
  return rows.map((row) => {
    const [device, metric] = series.pair(toNumber(row[0]));
    return { device, metric, time: toNumber(row[1]) };
  });
}

/** As TelemetryStore.latest. */
export async function latest(
  connection: DuckDBConnection,
  series: PairIndex,
  devices: readonly string[] | undefined,
): Promise<Observation[]> {
  const ids = devices && series.matching(devices, undefined);
  if (ids?.length === 0) return [];
  // Of thousands of devices all are read: there is one row of each, and dropping some here costs nothing.
  const some = ids && ids.length <= INLINE_AT_MOST ? `series IN (${ids.map(integer).join(', ')})` : 'true';
  const newest = new Map<number, Observation>();
  const rows = await rowsOf(
    connection,
    `WITH o AS (SELECT * FROM latest WHERE ${some} UNION ALL SELECT * FROM recent WHERE ${some}),
      head AS (SELECT series, max(time) AS time FROM o GROUP BY series)
    SELECT o.series, ${OBSERVATION_COLUMNS} FROM o JOIN head ON o.series = head.series AND o.time = head.time
    ORDER BY o.received`,
  );
  for (const [id, ...row] of rows) newest.set(toNumber(id), toObservation(series.pair(toNumber(id)), row));
  if (!ids) return [...newest.values()];
  return ids.flatMap((id) => newest.get(id) ?? []);
}

/** As TelemetryStore.held. */
export async function held(
  connection: DuckDBConnection,
  series: PairIndex,
  identities: readonly Identity[],
): Promise<Held[]> {
  const wanted = new Map<string, Identity>();
  const pairs: (readonly [number, number])[] = [];
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const identity of identities) {
    const id = series.find(identity.device, identity.metric);
    if (id === undefined || wanted.has(`${id}|${identity.time}`)) continue;
    wanted.set(`${id}|${identity.time}`, identity);
    pairs.push([id, identity.time]);
    from = Math.min(from, identity.time);
    to = Math.max(to, identity.time);
  }
  if (pairs.length === 0) return [];
  const join = (table: string, order: string) =>
    `SELECT o.series, o.time, o.value, ${order} AS ordinal FROM ${table} o
      JOIN wanted w ON o.series = w.series AND o.time = w.time
      WHERE o.time BETWEEN ${integer(from)} AND ${integer(to)}`;
  return withPairs(connection, 'wanted', ['series', 'time'], pairs, async () => {
    const rows = await rowsOf(
      connection,
      `SELECT series, time::DOUBLE, value FROM (
        ${join('superseded', 'o.ordinal')} UNION ALL ${join('raw', 'NULL')}
      ) ORDER BY ordinal NULLS LAST`,
    );
    return collect(rows, wanted);
  });
}

/** Rows (series, time, value) gathered by identity; one whose raw row has expired is not held. */
function collect(rows: readonly Row[], wanted: ReadonlyMap<string, Identity>): Held[] {
  const values = new Map<string, number[]>();
  for (const [id, time, value] of rows) {
    const key = `${toNumber(id)}|${toNumber(time)}`;
    const own = values.get(key);
    if (own) own.push(toNumber(value));
    else values.set(key, [toNumber(value)]);
  }
  return [...values].flatMap(([key, own]) => {
    const identity = wanted.get(key);
    return identity ? [{ device: identity.device, metric: identity.metric, time: identity.time, values: own }] : [];
  });
}

/** As TelemetryStore.superseded. */
export async function superseded(
  connection: DuckDBConnection,
  series: PairIndex,
  identity: Identity,
): Promise<number[]> {
  const id = series.find(identity.device, identity.metric);
  if (id === undefined) return [];
  const rows = await rowsOf(
    connection,
    `SELECT value FROM superseded WHERE series = ${integer(id)} AND time = ${integer(identity.time)} ORDER BY ordinal`,
  );
  return rows.map((row) => toNumber(row[0]));
}

/** As TelemetryStore.range. */
export function range(connection: DuckDBConnection, series: PairIndex, query: RangeQuery): Promise<Observation[]> {
  return page(connection, series, query, { columns: OBSERVATION_COLUMNS, source: () => 'raw o' }, toObservation);
}

/** As TelemetryStore.corrected. */
export function corrected(connection: DuckDBConnection, series: PairIndex, query: RangeQuery): Promise<Corrected[]> {
  const within = `time >= ${integer(query.from)} AND time < ${integer(query.to)}`;
  const held = (condition: string) =>
    `(SELECT series, time, list(value ORDER BY ordinal) AS held FROM superseded r
      WHERE ${within} AND ${condition.replaceAll('o.series', 'r.series')} GROUP BY ALL)`;
  const source = (condition: string) => `raw o JOIN ${held(condition)} h ON o.series = h.series AND o.time = h.time`;
  const columns = `h.held, ${OBSERVATION_COLUMNS}`;
  return page(connection, series, query, { columns, source }, (pair, [values, ...row]) => ({
    ...toObservation(pair, row),
    superseded: toNumbers(values),
  }));
}

/** A page of rows out of `source`, which has raw rows as `o` and may be narrowed by the condition on `o.series` itself. */
async function page<T>(
  connection: DuckDBConnection,
  series: PairIndex,
  query: RangeQuery,
  { columns, source }: { readonly columns: string; readonly source: (condition: string) => string },
  read: (pair: readonly [string, string], row: Row) => T,
): Promise<T[]> {
  const { devices, metrics, after, limit } = query;
  const ids = devices || metrics ? series.matching(devices, metrics) : undefined;
  const from = Math.max(query.from, after?.time ?? query.from);
  if (ids?.length === 0 || from >= query.to || limit <= 0) return [];
  const behind = after
    ? `AND (o.time > ${integer(after.time)} OR (s.device, s.metric) > ($1::VARCHAR, $2::VARCHAR))`
    : '';
  const ask = async (condition: string) => {
    const rows = await rowsOf(
      connection,
      `SELECT o.series, ${columns} FROM ${source(condition)} JOIN series s ON o.series = s.id
      WHERE o.time >= ${integer(from)} AND o.time < ${integer(query.to)} AND ${condition} ${behind}
      ORDER BY o.time, s.device, s.metric LIMIT ${integer(limit)}`,
      after ? [after.device, after.metric] : undefined,
    );
    return rows.map(([id, ...row]) => read(series.pair(toNumber(id)), row));
  };
  return ids ? withSeries(connection, 'o.series', ids, ask) : ask('true');
}

/** As TelemetryStore.cells. */
export async function cells(
  connection: DuckDBConnection,
  series: PairIndex,
  devices: readonly string[],
  metric: string,
  from: number,
  to: number,
): Promise<string[]> {
  const ids = series.matching(devices, [metric]);
  if (ids.length === 0 || from >= to) return [];
  return withSeries(connection, 'series', ids, async (condition) => {
    const rows = await rowsOf(
      connection,
      `SELECT DISTINCT cell FROM raw WHERE ${condition} AND cell IS NOT NULL AND ${COUNTED}
        AND time >= ${integer(from)} AND time < ${integer(to)}`,
    );
    return rows.map((row) => toCell(row[0]));
  });
}

/** As TelemetryStore.hours. */
export async function hours(
  connection: DuckDBConnection,
  series: PairIndex,
  devices: readonly string[],
  metric: string,
  from: number,
  to: number,
): Promise<HourRow[]> {
  const ids = series.matching(devices, [metric]);
  if (ids.length === 0 || from >= to) return [];
  return withSeries(connection, 'series', ids, async (condition) => {
    // hourParts bounds the raw part by time: whole hours, so that no hour is cut.
    const [first, end] = [Math.ceil(from / 3_600_000) * 3_600_000, Math.ceil(to / 3_600_000) * 3_600_000];
    const rows = await rowsOf(
      connection,
      `SELECT h.series, h.start::DOUBLE, h.count::DOUBLE, h.sum, h.min, h.max, h.last, h.oldest::DOUBLE, h.newest::DOUBLE
      FROM (${addUp('series, start', hourParts(condition, first, end))}) h JOIN series s ON h.series = s.id
      ORDER BY s.device, h.start`,
    );
    return rows.map((row) => toHourRow(series.pair(toNumber(row[0])), row));
  });
}

function toHourRow([device, metric]: readonly [string, string], row: Row): HourRow {
  const figure = (i: number) => toNumber(row[i]);
  return {
    device,
    metric,
    start: figure(1),
    count: figure(2),
    sum: figure(3),
    min: figure(4),
    max: figure(5),
    last: figure(6),
    oldest: figure(7),
    newest: figure(8),
  };
}
