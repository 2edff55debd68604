import { numberIn } from './answer.ts';
import type { Connection } from './connection.ts';
import { quoteName } from './influxql.ts';
import type { DeviceRecord, DeviceRecords } from './series.ts';

/** What retention and erasure work with. */
export interface Keeper {
  readonly connection: Connection;
  readonly records: DeviceRecords;
  /** Runs what no put may run beside, with no batch under way. */
  locked<T>(work: () => Promise<T>): Promise<T>;
  /** Replaces records, here and in the sidecar; within `locked`. */
  replace(records: ReadonlyMap<string, DeviceRecord>): Promise<void>;
  /** Notes, here and in the sidecar, that raw observations before the UTC hour (ms) are about to go; within `locked`. */
  expire(rawFrom: number): Promise<void>;
}

/**
 * Deletes the points of measurements that meet one of the conditions, and resolves with how many had the field. One
 * statement at a time: InfluxDB takes some 100 ms for each, and writes go on beside it.
 */
export async function remove(
  connection: Connection,
  measurements: readonly string[],
  field: 'value' | 'count',
  conditions: readonly string[],
): Promise<number> {
  let removed = 0;
  if (connection.version === 1) await connection.write(measurements.map(anchorLine));
  for (const measurement of measurements.map(quoteName))
    for (const condition of conditions) {
      // An hour row may say that nothing in it counts any more: it goes too, and was no row to anyone.
      const counted = field === 'count' ? `${condition} AND "count" > 0` : condition;
      const found = await count(connection, `SELECT count("${field}") FROM ${measurement} WHERE ${counted}`);
      if (found > 0 || field === 'count') await connection.run([`DELETE FROM ${measurement} WHERE ${condition}`]);
      removed += found;
    }
  return removed;
}

/**
 * A point that is never deleted and that no query tells: it has a field of its own, in the year 2200. Without it influxd 1.6
 * may forget a whole measurement when a DELETE takes its last old series, and with it series that came since: their
 * points are there and found by nobody until the series is written again. Measurements are named by metrics and by us.
 */
const anchorLine = (measurement: string): string => `${measurement},device=anchor anchor=1i ${Date.UTC(2200, 0)}`;

async function count(connection: Connection, statement: string): Promise<number> {
  let sum = 0;
  for await (const { values } of connection.select([statement])) for (const row of values) sum += numberIn(row, 1);
  return sum;
}
