import type { Expired } from '../port.ts';
import type { Connection } from './connection.ts';
import { withoutOpenHours } from './expire.ts';
import { deviceConditions } from './influxql.ts';
import { HOURS, SUPERSEDED } from './line.ts';
import { type Keeper, remove } from './remove.ts';
import type { DeviceRecord, DeviceRecords } from './series.ts';

/**
 * As TelemetryStore.erase: first in InfluxDB, then in the sidecar, so that what a crash cuts in two is done again by the
 * next call. 3.x has no DELETE: there the series are forgotten, and their points stay, found by no series, until the
 * database's retention period takes them or a device of the same id comes.
 */
export async function erase(keeper: Keeper, devices: readonly string[]): Promise<Expired> {
  const { connection, records } = keeper;
  const before = await keeper.locked(async () => recordsOf(records, devices));
  const gone = await removeAll(connection, before);
  return keeper.locked(async () => {
    const now = recordsOf(records, [...before.keys()]);
    // Of what came meanwhile some may be gone already: the rest goes too.
    await removeAll(connection, new Map([...now].filter(([device, record]) => record !== before.get(device))));
    const cleared = new Map([...now].map(([device, { tallies }]) => [device, { tallies, series: [] }]));
    await keeper.replace(cleared);
    const open = withoutOpenHours(before, Number.POSITIVE_INFINITY).hours;
    return { observations: gone.observations, hours: gone.hours + open };
  });
}

/** The records of those devices that have any series. */
function recordsOf(records: DeviceRecords, devices: readonly string[]): ReadonlyMap<string, DeviceRecord> {
  const found = new Map<string, DeviceRecord>();
  for (const device of devices) {
    const record = records.get(device);
    if (record && record.series.length > 0) found.set(device, record);
  }
  return found;
}

/** Deletes the points of all series. */
async function removeAll(connection: Connection, records: DeviceRecords): Promise<Expired> {
  if (records.size === 0 || connection.version === 3) return { observations: 0, hours: 0 };
  const metrics = [...records.values()].flatMap(({ series }) => series.map(({ latest }) => latest.metric));
  const conditions = deviceConditions([...records.keys()]);
  const observations = await remove(connection, [...new Set(metrics)], 'value', conditions);
  await remove(connection, [SUPERSEDED], 'value', conditions);
  return { observations, hours: await remove(connection, [HOURS], 'count', conditions) };
}
