import { yieldToOthers } from '../../batches.ts';
import { type BucketRun, bucketFinder, bucketRuns, onWholeHours } from '../buckets.ts';
import type { BucketQuery, VolumeQuery, VolumeRow } from '../port.ts';
import { numberIn } from './answer.ts';
import type { Connection } from './connection.ts';
import { byBucket } from './frames.ts';
import { HOUR_MS } from './hour.ts';
import { hourRows } from './hours.ts';
import { between, quoteName } from './influxql.ts';
import { INVALID } from './line.ts';
import { counted, narrowing } from './raw.ts';
import { type DeviceRecords, devicesWith } from './series.ts';

/** Observations of each device in each bucket. */
class Counts {
  readonly #buckets: readonly Map<string, number>[];
  readonly #starts: readonly number[];
  readonly #placeOf: (time: number) => number;

  constructor({ starts, to }: BucketQuery) {
    this.#starts = starts;
    this.#buckets = starts.map(() => new Map());
    this.#placeOf = bucketFinder(starts, to);
  }

  /** Adds to, or with a negative number takes from, what the device has in the bucket of `time`. */
  add(device: string, time: number, count: number): void {
    const own = this.#buckets[this.#placeOf(time)];
    own?.set(device, (own.get(device) ?? 0) + count);
  }

  addAll(other: Counts): void {
    for (const [i, devices] of other.#buckets.entries())
      for (const [device, count] of devices)
        this.#buckets[i]?.set(device, (this.#buckets[i]?.get(device) ?? 0) + count);
  }

  rows(metric: string | undefined): readonly VolumeRow[] {
    return this.#buckets.flatMap((devices, i) => {
      const told = [...devices.values()].filter((count) => count > 0);
      const observations = told.reduce((sum, count) => sum + count, 0);
      return told.length === 0 ? [] : [{ metric, start: this.#starts[i] ?? 0, observations, devices: told.length }];
    });
  }

  rowsByDevice(metric: string): readonly VolumeRow[] {
    return this.#buckets.flatMap((devices, i) =>
      [...devices]
        .filter(([, count]) => count > 0)
        .map(([device, observations]) => ({ metric, device, start: this.#starts[i] ?? 0, observations, devices: 1 })),
    );
  }
}

/** As TelemetryStore.volume. Whole hours come from the hour rows where buckets are made of them. */
export async function volumeOf(
  connection: Connection,
  records: DeviceRecords,
  query: VolumeQuery,
): Promise<readonly VolumeRow[]> {
  if (query.from >= query.to) return [];
  const together = new Counts(query);
  const rows: VolumeRow[] = [];
  for (const metric of new Set(query.metrics)) {
    const counts = new Counts(query);
    await addStanding(connection, records, metric, query, counts);
    await addMoved(connection, records, metric, query, counts);
    for (const row of query.byDevice ? counts.rowsByDevice(metric) : counts.rows(metric)) rows.push(row);
    if (!query.byDevice) together.addAll(counts);
    await yieldToOthers();
  }
  return [...rows, ...together.rows(undefined)];
}

async function addStanding(
  connection: Connection,
  records: DeviceRecords,
  metric: string,
  query: BucketQuery,
  counts: Counts,
): Promise<void> {
  const { from, to, starts } = query;
  const devices = devicesWith(records, metric, query.devices);
  const conditions = narrowing(devices, devicesWith(records, metric).length);
  const runs = bucketRuns(starts, to);
  const addRaw = (first: number, end: number) =>
    addCounted(connection, { metric, devices, conditions, runs, from: first, to: end }, counts);
  const [first, behind] = [Math.ceil(from / HOUR_MS) * HOUR_MS, Math.floor(to / HOUR_MS) * HOUR_MS];
  if (first >= behind || !onWholeHours(starts)) return addRaw(from, to);
  for await (const some of hourRows(connection, records, devices, metric, first, behind)) {
    for (const { device, start, count } of some) counts.add(device, start, count);
    await yieldToOthers();
  }
  await addRaw(from, first);
  await addRaw(behind, to);
}

interface Asked {
  readonly metric: string;
  readonly devices: readonly string[];
  readonly conditions: readonly string[];
  readonly runs: readonly BucketRun[];
  readonly from: number;
  readonly to: number;
}

/** Has InfluxDB count all, and once more what is invalid of it, which alone has the field written that says so. */
async function addCounted(
  connection: Connection,
  { metric, devices, conditions, runs, from, to }: Asked,
  counts: Counts,
): Promise<void> {
  const wanted = new Set(devices);
  for (const run of runs) {
    const [start, end] = [Math.max(from, run.start), Math.min(to, run.end)];
    if (start >= end) continue;
    const statements = conditions.flatMap((condition) =>
      [condition, `${condition} AND quality = ${INVALID}`].map(
        (where) =>
          `SELECT count(value) FROM ${quoteName(metric)} WHERE ${between(start, end)}${where} ` +
          `GROUP BY device, ${byBucket(run)} fill(none)`,
      ),
    );
    for await (const { statement, tags, values } of connection.select(statements)) {
      const device = tags.device ?? '';
      const sign = statement % 2 === 0 ? 1 : -1;
      if (wanted.has(device)) for (const row of values) counts.add(device, numberIn(row, 0), sign * numberIn(row, 1));
      await yieldToOthers();
    }
  }
}

/** What moves, by where it was: only the raw observations tell. */
async function addMoved(
  connection: Connection,
  records: DeviceRecords,
  metric: string,
  { from, to, movers }: VolumeQuery,
  counts: Counts,
): Promise<void> {
  const places = new Set(movers?.cells);
  if (!movers || places.size === 0) return;
  const devices = devicesWith(records, metric, movers.devices);
  const all = devicesWith(records, metric).length;
  for await (const part of counted(connection, { metric, all, devices, from, to, cells: true })) {
    for (const [i, time] of part.times.entries()) if (places.has(part.cells[i] ?? '')) counts.add(part.device, time, 1);
    await yieldToOthers();
  }
}
