import { yieldToOthers } from '../../batches.ts';
import type { Extract } from '../port.ts';
import { numberIn, textIn } from './answer.ts';
import type { Connection } from './connection.ts';
import { between, quoteName } from './influxql.ts';
import { observationOf, RAW_FIELDS, SUPERSEDED } from './line.ts';
import { type DeviceRecords, metricsIn, seriesOf } from './series.ts';

/**
 * As TelemetryStore.extract: InfluxDB writes no Parquet, so the span is read metric by metric, as it arrives, into a DuckDB
 * of this process, which is loaded only now.
 */
export async function extract(
  connection: Connection,
  records: DeviceRecords,
  [from, to]: readonly [number, number],
  path: string,
): Promise<Extract> {
  const { writeRows } = await import('../../archive/write-rows.ts');
  return writeRows(path, [from, to], async (rows) => {
    const metrics = metricsIn(records);
    const within = between(from, to);
    const raw = metrics.map((metric) => `SELECT ${RAW_FIELDS} FROM ${quoteName(metric)} WHERE ${within}`);
    for await (const { statement, values } of connection.select(raw)) {
      const metric = metrics[statement] ?? '';
      for (const row of values) {
        const observation = observationOf(metric, row);
        // 3.x keeps points of series that were erased.
        if (seriesOf(records, observation.device, metric)) rows.add(observation);
      }
      await yieldToOthers();
    }
    const replaced = `SELECT value, device, metric, n FROM ${quoteName(SUPERSEDED)} WHERE ${within}`;
    for await (const { values } of connection.select([replaced]))
      for (const row of values) {
        const identity = { device: textIn(row, 2), metric: textIn(row, 3), time: numberIn(row, 0) };
        rows.supersede(identity, numberIn(row, 1), Number(textIn(row, 4)));
      }
  });
}
