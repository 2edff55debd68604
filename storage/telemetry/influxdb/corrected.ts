import type { Corrected, Identity, RangeQuery } from '../port.ts';
import { numberIn, textIn } from './answer.ts';
import type { Connection } from './connection.ts';
import { supersededOf, winnersOf } from './held.ts';
import { deviceConditions, quoteText } from './influxql.ts';
import { SUPERSEDED } from './line.ts';
import { type Part, pageOf } from './paging.ts';
import { type DeviceRecords, devicesWith, metricsIn, seriesOf } from './series.ts';

/** As TelemetryStore.corrected: every corrected identity has one value that was the first to be superseded. */
export async function correctedOf(
  connection: Connection,
  records: DeviceRecords,
  query: RangeQuery,
): Promise<readonly Corrected[]> {
  if (query.from >= query.to) return [];
  const parts = [...new Set(query.metrics ?? metricsIn(records))].flatMap((metric): Part<Identity>[] => {
    const devices = devicesWith(records, metric, query.devices).filter(
      (device) => seriesOf(records, device, metric)?.corrected === true,
    );
    return deviceConditions(devices).map((condition) => ({
      measurement: SUPERSEDED,
      fields: 'value, device',
      condition: ` AND n = '0' AND metric = ${quoteText(metric)} AND ${condition}`,
      read: (row) => ({ device: textIn(row, 2), metric, time: numberIn(row, 0) }),
    }));
  });
  const found: Corrected[] = [];
  let { after } = query;
  while (found.length < query.limit) {
    const limit = query.limit - found.length;
    const page = await pageOf(connection, parts, { ...query, after, limit });
    const [superseded, winners] = [
      await supersededOf(connection, records, page),
      await winnersOf(connection, records, page),
    ];
    for (const { device, metric, time } of page) {
      const key = `${device}/${metric}/${time}`;
      const [winner, values] = [winners.get(key), superseded.get(key)];
      // What expires goes before the values that it superseded.
      if (winner && values) found.push({ ...winner, superseded: values });
    }
    after = page.at(-1);
    if (page.length < limit) break;
  }
  return found;
}
