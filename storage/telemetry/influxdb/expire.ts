import type { Expired } from '../port.ts';
import { hourOf, NOTHING } from './hour.ts';
import { HOURS, SUPERSEDED } from './line.ts';
import { type Keeper, remove } from './remove.ts';
import { type DeviceRecord, type DeviceRecords, metricsIn, openHour } from './series.ts';

/**
 * As TelemetryStore.expire. 3.x has no DELETE: its databases expire by the retention period they were made with, and
 * nothing is done or counted here.
 */
export async function expire(keeper: Keeper, rawBefore: number, hoursBefore: number): Promise<Expired> {
  const { connection, records } = keeper;
  if (connection.version === 3) return { observations: 0, hours: 0 };
  const rawFrom = hourOf(rawBefore);
  await keeper.locked(() => keeper.expire(rawFrom));
  const before = (bound: number) => `time < ${bound}ms`;
  const raw = before(rawFrom);
  const observations = await remove(connection, metricsIn(records), 'value', [raw]);
  await remove(connection, [SUPERSEDED], 'value', [raw]);
  const hours = await remove(connection, [HOURS], 'count', [before(hoursBefore)]);
  const open = await keeper.locked(async () => {
    const { changed, hours: found } = withoutOpenHours(records, hoursBefore);
    await keeper.replace(changed);
    return found;
  });
  return { observations, hours: hours + open };
}

/** The records whose open hour begins before the bound (ms), without it, and how many hours that are. */
export function withoutOpenHours(
  records: DeviceRecords,
  before: number,
): { readonly hours: number; readonly changed: ReadonlyMap<string, DeviceRecord> } {
  const changed = new Map<string, DeviceRecord>();
  let hours = 0;
  for (const [device, record] of records) {
    const old = record.series.filter((state) => openHour(state, 0, before) !== undefined);
    if (old.length === 0) continue;
    hours += old.length;
    const series = record.series.map((state) => (old.includes(state) ? { ...state, hour: NOTHING } : state));
    changed.set(device, { ...record, series });
  }
  return { hours, changed };
}
