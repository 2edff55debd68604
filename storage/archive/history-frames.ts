import { mapInTurns, yieldToOthers } from '../batches.ts';
import { bucketFinder } from '../telemetry/buckets.ts';
import { FrameBuilder } from '../telemetry/frame-builder.ts';
import type { BucketQuery, FrameSeries, TelemetryReader } from '../telemetry/port.ts';
import type { ArchivedNewest, ArchiveReader } from './port.ts';
import { type Passage, partOf, passagesOf, stretchesOf } from './stretches.ts';

/** Cells taken up before the event loop turns. */
const IN_A_TURN = 50_000;

/**
 * As TelemetryStore.frames, over store and archive; `signal` breaks the reading of the archive off. What is not archived
 * is asked of the store first and looked for in the archive afterwards, for the day may have gone there meanwhile.
 */
export async function framesOver(
  store: Pick<TelemetryReader, 'range' | 'frames'>,
  archive: ArchiveReader,
  query: BucketQuery,
  signal?: AbortSignal,
): Promise<readonly FrameSeries[]> {
  if (!(await archive.holds(query.from, query.to))) {
    const frames = await store.frames(query);
    if (!(await archive.holds(query.from, query.to))) return frames;
  }
  const { devices, metrics } = query;
  const asked = { ...query, devices: [...new Set(devices)], metrics: [...new Set(metrics)] };
  if (asked.devices.length === 0 || asked.metrics.length === 0) return [];
  const gathered = new Gathered(asked);

  /** Tells a span in the order of time. */
  async function tell(from: number, to: number): Promise<void> {
    for (const stretch of stretchesOf(from, to, await archive.between(from, to))) {
      signal?.throwIfAborted();
      if (stretch.archived) {
        for await (const passage of passagesOf(store, asked, stretch)) await tellPassage(passage);
        continue;
      }
      const { first, part } = partOf(asked, stretch.from, stretch.to);
      const frames = await store.frames(part);
      if (await archive.holds(stretch.from, stretch.to)) await tell(stretch.from, stretch.to);
      else await gathered.takeFrames(frames, first);
    }
  }

  async function tellPassage({ from, to, kept }: Passage): Promise<void> {
    const { first, part } = partOf(asked, from, to);
    const newest = gathered.takeKept(kept);
    await archive.frames({ ...part, without: kept, signal }, (row) => gathered.takeArchived(row, first, newest));
  }

  await tell(query.from, query.to);
  return gathered.series();
}

/** Frames of all series, gathered in the order of time. */
class Gathered {
  readonly #query: BucketQuery;
  readonly #builders = new Map<number, FrameBuilder>();
  readonly #devices: ReadonlyMap<string, number>;
  readonly #metrics: ReadonlyMap<string, number>;
  readonly #placeOf: (time: number) => number;

  constructor(query: BucketQuery) {
    this.#query = query;
    this.#devices = new Map(query.devices.map((device, place) => [device, place]));
    this.#metrics = new Map(query.metrics.map((metric, place) => [metric, place]));
    this.#placeOf = bucketFinder(query.starts, query.to);
  }

  #seriesOf(device: string, metric: string): number | undefined {
    const [d, m] = [this.#devices.get(device), this.#metrics.get(metric)];
    return d === undefined || m === undefined ? undefined : d * this.#metrics.size + m;
  }

  #builderOf(series: number): FrameBuilder {
    const builder = this.#builders.get(series) ?? new FrameBuilder(this.#query.starts.length);
    this.#builders.set(series, builder);
    return builder;
  }

  /** Takes what a store told of buckets from `first` on. */
  async takeFrames(frames: readonly FrameSeries[], first: number): Promise<void> {
    let cells = 0;
    for (const { device, metric, values, suspect, positions } of frames) {
      const series = this.#seriesOf(device, metric);
      if (series === undefined) continue;
      const builder = this.#builderOf(series);
      for (const [i, value] of values.entries()) {
        if (Number.isNaN(value)) continue;
        const [lon, lat] = [positions?.[2 * i] ?? Number.NaN, positions?.[2 * i + 1] ?? Number.NaN];
        const placed = !Number.isNaN(lon);
        builder.set(first + i, value, suspect?.[i] === 1, placed ? lon : undefined, placed ? lat : undefined);
      }
      cells += values.length;
      if (cells < IN_A_TURN) continue;
      cells = 0;
      await yieldToOthers();
    }
  }

  /** Takes what a store still keeps of archived days, by time; tells the time of the newest of each cell. */
  takeKept(kept: Passage['kept']): ReadonlyMap<number, number> {
    const newest = new Map<number, number>();
    for (const { device, metric, time, value, quality, position } of kept) {
      const series = this.#seriesOf(device, metric);
      if (series === undefined || quality === 'invalid') continue;
      const bucket = this.#placeOf(time);
      this.#builderOf(series).set(bucket, value, quality === 'suspect', position?.[0], position?.[1]);
      newest.set(this.#cellOf(series, bucket), time);
    }
    return newest;
  }

  /** Takes what is archived, unless the newest that was kept is newer. */
  takeArchived(row: ArchivedNewest, first: number, newest: ReadonlyMap<number, number>): void {
    const series = row.device * this.#metrics.size + row.metric;
    const bucket = first + row.bucket;
    const kept = newest.get(this.#cellOf(series, bucket));
    if (kept !== undefined && kept > row.time) return;
    this.#builderOf(series).set(bucket, row.value, row.suspect, row.position?.[0], row.position?.[1]);
  }

  #cellOf(series: number, bucket: number): number {
    return series * this.#query.starts.length + bucket;
  }

  async series(): Promise<readonly FrameSeries[]> {
    const { devices, metrics } = this.#query;
    const told = await mapInTurns([...this.#builders], ([series, builder]) => {
      const [device, metric] = [devices[Math.floor(series / metrics.length)], metrics[series % metrics.length]];
      return device === undefined || metric === undefined ? [] : (builder.series(device, metric) ?? []);
    });
    return told.flat();
  }
}
