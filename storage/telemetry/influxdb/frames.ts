import { batches, mapInTurns, yieldToOthers } from '../../batches.ts';
import { type BucketRun, bucketFinder, bucketRuns } from '../buckets.ts';
import { FrameBuilder } from '../frame-builder.ts';
import type { BucketQuery, FrameSeries } from '../port.ts';
import { type Cell, numberIn } from './answer.ts';
import type { Connection } from './connection.ts';
import { between, deviceConditions, quoteName } from './influxql.ts';
import { positionOf, qualityOf } from './line.ts';
import { narrowing } from './raw.ts';
import { type DeviceRecords, devicesWith } from './series.ts';

/** What is read of each observation behind its time. */
const FIELDS = ['value', 'quality', 'lon', 'lat'] as const;
/** Rows taken up before the event loop turns. */
const IN_A_TURN = 5_000;

/**
 * As TelemetryStore.frames. InfluxDB picks the last observation of each bucket, whatever its quality, which it cannot ask
 * for where the field is not written; series in which an invalid one was the last are read raw once more.
 */
export async function framesOf(
  connection: Connection,
  records: DeviceRecords,
  query: BucketQuery,
): Promise<readonly FrameSeries[]> {
  const frames: FrameSeries[] = [];
  for (const metric of new Set(query.metrics)) {
    const devices = devicesWith(records, metric, query.devices);
    if (devices.length === 0 || query.from >= query.to) continue;
    const found = new Found(devices, query);
    const conditions = narrowing(devices, devicesWith(records, metric).length);
    for (const run of bucketRuns(query.starts, query.to)) {
      const statements = conditions.map((condition) => lastOf(metric, run, query, condition));
      for await (const { tags, values } of connection.select(statements)) await found.add(tags.device ?? '', values);
    }
    const doubtful = [...found.doubtful];
    for (const device of doubtful) found.forget(device);
    const statements = deviceConditions(doubtful).map(
      (condition) =>
        `SELECT ${FIELDS.join(', ')} FROM ${quoteName(metric)} WHERE ${between(query.from, query.to)} AND ${condition} GROUP BY device`,
    );
    for await (const { tags, values } of connection.select(statements)) await found.add(tags.device ?? '', values);
    for (const series of await found.series(metric)) frames.push(series);
  }
  return frames;
}

function lastOf(metric: string, run: BucketRun, { from, to }: BucketQuery, condition: string): string {
  const [first, ...others] = FIELDS;
  const within = between(Math.max(from, run.start), Math.min(to, run.end));
  return (
    `SELECT last(${first}), ${others.join(', ')} FROM ${quoteName(metric)} WHERE ${within}${condition} ` +
    `GROUP BY device, ${byBucket(run)} fill(none)`
  );
}

/** GROUP BY of the buckets of a run. */
export const byBucket = ({ start, width }: BucketRun): string =>
  `time(${width}ms, ${((start % width) + width) % width}ms)`;

/** What was found of one metric so far. */
class Found {
  /** Devices of which an invalid observation was found. */
  readonly doubtful = new Set<string>();
  readonly #wanted: ReadonlySet<string>;
  readonly #builders = new Map<string, FrameBuilder>();
  readonly #placeOf: (time: number) => number;
  readonly #query: BucketQuery;

  constructor(devices: readonly string[], query: BucketQuery) {
    this.#wanted = new Set(devices);
    this.#query = query;
    this.#placeOf = bucketFinder(query.starts, query.to);
  }

  /** Takes up rows of a device in order of time; of those in one bucket the last valid one stays. */
  async add(device: string, values: readonly (readonly Cell[])[]): Promise<void> {
    if (!this.#wanted.has(device)) return;
    const builder = this.#builders.get(device) ?? new FrameBuilder(this.#query.starts.length);
    this.#builders.set(device, builder);
    for (const some of batches(values, IN_A_TURN)) {
      for (const row of some) {
        const quality = qualityOf(row[2]);
        if (quality === 'invalid') {
          this.doubtful.add(device);
          continue;
        }
        const position = positionOf(row[3], row[4]);
        const place = this.#placeOf(numberIn(row, 0));
        builder.set(place, numberIn(row, 1), quality === 'suspect', position?.[0], position?.[1]);
      }
      if (values.length > IN_A_TURN) await yieldToOthers();
    }
  }

  forget(device: string): void {
    this.#builders.delete(device);
  }

  async series(metric: string): Promise<readonly FrameSeries[]> {
    const told = await mapInTurns([...this.#builders], ([device, builder]) => builder.series(device, metric) ?? []);
    return told.flat();
  }
}
