import type { HourRow } from '../port.ts';
import { numberIn } from './answer.ts';
import type { Connection } from './connection.ts';
import { between, quoteName, quoteText } from './influxql.ts';
import { HOUR_FIELDS, HOURS, hourFiguresOf } from './line.ts';
import { narrowing } from './raw.ts';
import { type DeviceRecords, devicesWith, openHour, seriesOf } from './series.ts';

/** Hour rows of the given devices and metric, `from <= start < to`, in no order. */
export async function* hourRows(
  connection: Connection,
  records: DeviceRecords,
  devices: readonly string[],
  metric: string,
  from: number,
  to: number,
): AsyncGenerator<readonly HourRow[]> {
  const known = devicesWith(records, metric, devices);
  if (known.length === 0 || from >= to) return;
  const open = new Map<string, HourRow>();
  for (const device of known) {
    const state = seriesOf(records, device, metric);
    const row = state && openHour(state, from, to);
    if (row) open.set(device, row);
  }
  yield [...open.values()];
  const wanted = new Set(known);
  const where = `${between(from, to)} AND metric = ${quoteText(metric)}`;
  const statements = narrowing(known, devicesWith(records, metric).length).map(
    (condition) => `SELECT ${HOUR_FIELDS} FROM ${quoteName(HOURS)} WHERE ${where}${condition} GROUP BY device`,
  );
  for await (const { tags, values } of connection.select(statements)) {
    const device = tags.device ?? '';
    if (!wanted.has(device)) continue;
    const rows = values.map((row) => ({ device, metric, start: numberIn(row, 0), ...hourFiguresOf(row) }));
    // While a batch is under way an hour may be over there and still open here.
    yield rows.filter((row) => row.count > 0 && row.start !== open.get(device)?.start);
  }
}
