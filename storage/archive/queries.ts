import type { DuckDBConnection } from '@duckdb/node-api';
import { FLAGS, type Observation, Quality } from '../../model/observation.ts';
import { run } from '../duckdb/behind.ts';
import { type Row, rowsOf, toCell, toNumber, toNumbers, toText } from '../telemetry/duckdb/values.ts';
import type { Corrected, Extract, Identity, RangeQuery } from '../telemetry/port.ts';
import { ARCHIVE_COLUMNS, ARCHIVE_ORDER, at, literal, PARQUET } from './columns.ts';

/** What is asked of archived files. */
export function queries(connection: DuckDBConnection) {
  const one = async (sql: string): Promise<Row> => (await rowsOf(connection, sql))[0] ?? [];
  const span = 'epoch_ms(min(time))::DOUBLE, epoch_ms(max(time))::DOUBLE';
  const from = (path: string) => `FROM read_parquet(${literal(path)})`;
  const among = (column: string, texts: readonly string[]) => `${column} IN (${texts.map(literal).join(', ')})`;
  const is = ({ device, metric, time }: Identity) =>
    `device = ${literal(device)} AND metric = ${literal(metric)} AND time = ${at(time)}`;

  /** Rows of a page that meet further conditions, with one more column before them. */
  async function page(
    path: string,
    query: RangeQuery,
    further: readonly string[],
    first: string,
  ): Promise<readonly Row[]> {
    const { devices, metrics, after, limit } = query;
    const begin = Math.max(query.from, after?.time ?? query.from);
    const none = devices?.length === 0 || metrics?.length === 0 || begin >= query.to || limit <= 0;
    if (none) return [];
    const conditions = [...further, `time >= ${at(begin)} AND time < ${at(query.to)}`];
    if (devices) conditions.push(among('device', devices));
    if (metrics) conditions.push(among('metric', metrics));
    if (after) {
      const behind = `(device, metric) > (${literal(after.device)}, ${literal(after.metric)})`;
      conditions.push(`(time > ${at(after.time)} OR ${behind})`);
    }
    return rowsOf(
      connection,
      `SELECT ${first}, device, metric, epoch_ms(time)::DOUBLE, value, quality, epoch_ms(received)::DOUBLE, flags, lon, lat, cell
      ${from(path)} WHERE ${conditions.join(' AND ')} ORDER BY time, device, metric LIMIT ${limit}`,
    );
  }

  return {
    /** How many rows a file has and from when to when they are. */
    async describe(path: string): Promise<{ rows: number; oldest: number; newest: number }> {
      const [rows, oldest, newest] = await one(`SELECT count(*)::DOUBLE, ${span} ${from(path)}`);
      return { rows: toNumber(rows), oldest: toNumber(oldest), newest: toNumber(newest) };
    },

    /** Reads every column of a file, and so finds what the disk did not keep; throws where it cannot be read. */
    async check(path: string): Promise<Extract & { oldest: number; newest: number }> {
      const whole = ARCHIVE_COLUMNS.split(', ').map((column) => `count(${column})`);
      const sum = 'coalesce(sum(len(superseded)), 0)::DOUBLE';
      const row = await one(`SELECT count(value)::DOUBLE, ${sum}, ${span}, ${whole.join(', ')} ${from(path)}`);
      const [observations, superseded, oldest, newest] = row;
      if (toNumber(observations) === 0)
        return { observations: 0, superseded: 0, oldest: Number.NaN, newest: Number.NaN };
      return {
        observations: toNumber(observations),
        superseded: toNumber(superseded),
        oldest: toNumber(oldest),
        newest: toNumber(newest),
      };
    },

    /** Writes the rows of two files into one; of an identity that both have, the newer file's wins. */
    async join(older: string, newer: string, path: string): Promise<void> {
      const superseded = `list_concat(o.superseded,
        CASE WHEN o.value <> n.value AND NOT coalesce(list_contains(n.superseded, o.value), false) THEN [o.value] END,
        n.superseded)`;
      await run(
        connection,
        `COPY (
          SELECT n.* REPLACE (${superseded} AS superseded)
          ${from(newer)} n LEFT JOIN read_parquet(${literal(older)}) o USING (device, metric, time)
          UNION ALL
          SELECT * ${from(older)} o ANTI JOIN read_parquet(${literal(newer)}) n USING (device, metric, time)
          ORDER BY ${ARCHIVE_ORDER}
        ) TO ${literal(path)} ${PARQUET}`,
      );
    },

    /** Rows of a file, and how many of them are of the devices. */
    async count(path: string, devices: readonly string[]): Promise<{ rows: number; going: number }> {
      const going = `count(*) FILTER (${among('device', devices)})::DOUBLE`;
      const [rows, found] = await one(`SELECT count(*)::DOUBLE, ${going} ${from(path)}`);
      return { rows: toNumber(rows), going: toNumber(found) };
    },

    /** Writes a file again without the rows of the devices. */
    async without(path: string, devices: readonly string[], to: string): Promise<void> {
      await run(
        connection,
        `COPY (SELECT * ${from(path)} WHERE NOT (${among('device', devices)}) ORDER BY ${ARCHIVE_ORDER})
        TO ${literal(to)} ${PARQUET}`,
      );
    },

    /** As TelemetryStore.range, of one file. */
    async range(path: string, query: RangeQuery): Promise<readonly Observation[]> {
      return (await page(path, query, [], 'NULL')).map(([, ...row]) => toObservation(row));
    },

    /** As TelemetryStore.corrected, of one file. */
    async corrected(path: string, query: RangeQuery): Promise<readonly Corrected[]> {
      const rows = await page(path, query, ['len(superseded) > 0'], 'superseded');
      return rows.map(([values, ...row]) => ({ ...toObservation(row), superseded: toNumbers(values) }));
    },

    async superseded(path: string, identity: Identity): Promise<readonly number[]> {
      const rows = await rowsOf(connection, `SELECT unnest(superseded) ${from(path)} WHERE ${is(identity)}`);
      return rows.map(([value]) => toNumber(value));
    },
  };
}

function toObservation(row: Row): Observation {
  const [device, metric, time, value, quality, received, flags, lon, lat, cell] = row;
  const set = new Set(toText(flags).split(','));
  return {
    device: toText(device),
    metric: toText(metric),
    time: toNumber(time),
    value: toNumber(value),
    quality: Quality.parse(quality),
    received: toNumber(received),
    flags: FLAGS.filter((flag) => set.has(flag)),
    ...(typeof lon === 'number' && typeof lat === 'number' ? { position: [lon, lat] } : {}),
    ...(typeof cell === 'bigint' ? { cell: toCell(cell) } : {}),
  };
}
