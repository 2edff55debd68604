import type { Expired } from '../port.ts';
import { numberIn } from './answer.ts';
import type { Connection } from './connection.ts';
import { NOTHING } from './hour.ts';
import { quoteName } from './influxql.ts';
import { HOURS, SUPERSEDED } from './line.ts';
import { type DeviceRecord, type DeviceRecords, metricsIn, openHour } from './series.ts';

/**
 * Deletes what is older than the bounds from InfluxDB; `records` are those whose open hour went with it. 3.x has no
 * DELETE: its databases expire by the retention period they were made with, and nothing is done or counted here.
 */
export async function expire(
  connection: Connection,
  records: DeviceRecords,
  rawBefore: number,
  hoursBefore: number,
): Promise<{ readonly expired: Expired; readonly records: ReadonlyMap<string, DeviceRecord> }> {
  const changed = new Map<string, DeviceRecord>();
  if (connection.version === 3) return { expired: { observations: 0, hours: 0 }, records: changed };
  const metrics = metricsIn(records).map(quoteName);
  const before = (bound: number) => `time < ${bound}ms`;
  const observations = await count(
    connection,
    metrics.map((metric) => `SELECT count(value) FROM ${metric} WHERE ${before(rawBefore)}`),
  );
  const rows = await count(connection, [
    `SELECT count("count") FROM ${quoteName(HOURS)} WHERE ${before(hoursBefore)} AND "count" > 0`,
  ]);
  if (observations > 0)
    await connection.run(
      [...metrics, quoteName(SUPERSEDED)].map((name) => `DELETE FROM ${name} WHERE ${before(rawBefore)}`),
    );
  if (rows > 0) await connection.run([`DELETE FROM ${quoteName(HOURS)} WHERE ${before(hoursBefore)}`]);

  let open = 0;
  for (const [device, record] of records) {
    const old = record.series.filter((state) => openHour(state, 0, hoursBefore) !== undefined);
    if (old.length === 0) continue;
    open += old.length;
    const series = record.series.map((state) => (old.includes(state) ? { ...state, hour: NOTHING } : state));
    changed.set(device, { ...record, series });
  }
  return { expired: { observations, hours: rows + open }, records: changed };
}

async function count(connection: Connection, statements: readonly string[]): Promise<number> {
  let sum = 0;
  for await (const { values } of connection.select(statements)) for (const row of values) sum += numberIn(row, 1);
  return sum;
}
