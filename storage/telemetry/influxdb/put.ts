import type { Batch } from '../port.ts';
import type { Connection } from './connection.ts';
import { supersededOf } from './held.ts';
import { type Figures, figuresOf, HOUR_MS, merged, NOTHING } from './hour.ts';
import { hourLine } from './line.ts';
import { oldHoursOf } from './old-hours.ts';
import { isOpen, type Plan, type TouchedHour } from './plan.ts';
import { counted } from './raw.ts';
import type { DeviceRecord, DeviceRecords } from './series.ts';
import type { Intent } from './sidecar.ts';

/** Lines in one request. */
const LINES = 5_000;

/** What must be known of a batch before it is begun, as it cannot be known again once some of it is written. */
export async function intentOf(
  connection: Connection,
  records: DeviceRecords,
  batch: Batch,
  rawFrom: number,
): Promise<Intent> {
  const corrected = batch.corrections.map(({ observation }) => observation);
  const before = await supersededOf(connection, records, corrected);
  const supersededBefore = corrected.map(
    ({ device, metric, time }) => before.get(`${device}/${metric}/${time}`)?.length ?? 0,
  );
  return { batch, supersededBefore, oldHours: await oldHoursOf(connection, records, batch, rawFrom) };
}

/**
 * Writes a batch to InfluxDB, whatever of it is there already, and completes the plan's records. Every line says what
 * is, not what is added: to write it twice changes nothing.
 */
export async function write(connection: Connection, plan: Plan): Promise<void> {
  await writeLines(connection, plan.fresh);
  await writeLines(connection, plan.after);
  await recompute(connection, plan);
}

/** Lines of which none overwrites another: in any order. Waits for all, so that no line is still on its way afterwards. */
async function writeLines(connection: Connection, lines: readonly string[]): Promise<void> {
  const requests: Promise<void>[] = [];
  for (let i = 0; i < lines.length; i += LINES) requests.push(connection.write(lines.slice(i, i + LINES)));
  for (const outcome of await Promise.allSettled(requests)) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Reads the touched hours back from raw: those that are over become rows again, the open ones go to the records. */
async function recompute(connection: Connection, { touched, records }: Plan): Promise<void> {
  const together = new Map<string, TouchedHour[]>();
  for (const hour of touched) {
    const key = `${hour.metric}/${hour.start}`;
    together.set(key, [...(together.get(key) ?? []), hour]);
  }
  const lines: string[] = [];
  for (const hours of together.values()) {
    const found = await figuresOfHour(connection, hours);
    for (const hour of hours) {
      const figures = found.get(hour.device) ?? NOTHING;
      if (isOpen(records, hour)) records.set(hour.device, withHour(records.get(hour.device), hour.metric, figures));
      else lines.push(hourLine(hour.device, hour.metric, hour.start, figures));
    }
  }
  await writeLines(connection, lines);
}

async function figuresOfHour(connection: Connection, hours: readonly TouchedHour[]): Promise<Map<string, Figures>> {
  const found = new Map<string, Figures>();
  const [first] = hours;
  if (!first) return found;
  const { metric, start } = first;
  const devices = hours.map((hour) => hour.device);
  const query = { metric, devices, all: Number.POSITIVE_INFINITY, from: start, to: start + HOUR_MS };
  for await (const { device, times, values } of counted(connection, query))
    found.set(device, merged(found.get(device) ?? NOTHING, figuresOf(times, values)));
  return found;
}

function withHour(record: DeviceRecord | undefined, metric: string, hour: Figures): DeviceRecord {
  const { tallies, series } = record ?? { tallies: [], series: [] };
  return { tallies, series: series.map((state) => (state.latest.metric === metric ? { ...state, hour } : state)) };
}
