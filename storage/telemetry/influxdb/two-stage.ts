import type { AggregateQuery, AggregateRow } from '../port.ts';
import { type Figures, merged, NOTHING } from './hour.ts';

/** The observations of one group in one window. */
interface Bin {
  readonly devices: Map<string, Figures>;
  /** Every value, where percentiles are wanted. */
  readonly values: number[];
}

type Stages = Pick<AggregateQuery, 'overTime' | 'overDevices' | 'percentiles'>;

/** Gathers figures by window, group and device, and tells the rows of an aggregate. */
export class TwoStage {
  readonly #query: Stages;
  readonly #bins = new Map<number, Map<string, Bin>>();

  constructor(query: Stages) {
    this.#query = query;
  }

  /** Adds observations of a device: their figures, and their values where percentiles are wanted. */
  add(start: number, group: string, device: string, figures: Figures, values: readonly number[]): void {
    const bin = this.#bin(start, group);
    bin.devices.set(device, merged(bin.devices.get(device) ?? NOTHING, figures));
    if (this.#query.percentiles) for (const value of values) bin.values.push(value);
  }

  /** Adds a value whose figures are added otherwise. */
  addValue(start: number, group: string, value: number): void {
    this.#bin(start, group).values.push(value);
  }

  /** Ordered by window, then group; without windows of which there are values only. */
  rows(): readonly AggregateRow[] {
    const ordered = <K extends string | number, V>(map: Map<K, V>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    return ordered(this.#bins).flatMap(([start, groups]) =>
      ordered(groups)
        .filter(([, bin]) => bin.devices.size > 0)
        .map(([group, bin]) => this.#row(start, group, bin)),
    );
  }

  #bin(start: number, group: string): Bin {
    let groups = this.#bins.get(start);
    if (!groups) {
      groups = new Map();
      this.#bins.set(start, groups);
    }
    let bin = groups.get(group);
    if (!bin) {
      bin = { devices: new Map(), values: [] };
      groups.set(group, bin);
    }
    return bin;
  }

  #row(start: number, group: string, { devices, values }: Bin): AggregateRow {
    const { overTime, overDevices, percentiles } = this.#query;
    const n = devices.size;
    let [means, sum, greatest] = [0, 0, Number.NEGATIVE_INFINITY];
    let all = NOTHING;
    for (const figures of devices.values()) {
      const mean = figures.sum / figures.count;
      const figure = overTime === 'mean' ? mean : figures[overTime];
      means += mean;
      sum += figure;
      greatest = Math.max(greatest, figure);
      all = merged(all, figures);
    }
    // Fewer values than were counted: some are deleted already.
    const sorted = percentiles && values.length >= all.count ? Float64Array.from(values).sort() : undefined;
    return {
      group,
      start,
      value: { sum, mean: sum / n, max: greatest }[overDevices],
      mean: means / n,
      min: all.min,
      max: all.max,
      sum,
      count: all.count,
      ...(sorted ? { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) } : {}),
      devices: n,
      oldest: all.oldest,
      newest: all.newest,
    };
  }
}

/** Linear interpolation between the closest ranks (Hyndman and Fan's type 7, as SQL's percentile_cont). */
function percentile(sorted: Float64Array, p: number): number {
  const rank = (sorted.length - 1) * p;
  const low = sorted[Math.floor(rank)] ?? Number.NaN;
  const high = sorted[Math.ceil(rank)] ?? Number.NaN;
  return low + (high - low) * (rank - Math.floor(rank));
}
