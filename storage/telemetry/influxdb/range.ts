import type { Observation } from '../../../model/observation.ts';
import type { RangeQuery } from '../port.ts';
import type { Connection } from './connection.ts';
import { observationOf, RAW_FIELDS } from './line.ts';
import { type Part, pageOf } from './paging.ts';
import { narrowing } from './raw.ts';
import { type DeviceRecords, devicesWith, metricsIn } from './series.ts';

/** As TelemetryStore.range. */
export function rangeOf(
  connection: Connection,
  records: DeviceRecords,
  query: RangeQuery,
): Promise<readonly Observation[]> {
  const parts = [...new Set(query.metrics ?? metricsIn(records))].flatMap((metric): Part<Observation>[] => {
    const devices = devicesWith(records, metric, query.devices);
    if (devices.length === 0) return [];
    const conditions = query.devices ? narrowing(devices, Number.POSITIVE_INFINITY) : [''];
    const read: Part<Observation>['read'] = (row) => observationOf(metric, row);
    return conditions.map((condition) => ({ measurement: metric, fields: RAW_FIELDS, condition, read }));
  });
  return pageOf(connection, parts, query);
}
