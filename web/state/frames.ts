import type { Position } from '../../model/geometry.ts';
import type { Quality } from '../../model/observation.ts';
import type { Playback } from '../../model/playback.ts';
import { placeOf } from './buckets.ts';
import type { Reading } from './device.ts';

/** What one device told of one metric; NaN where it told nothing in a bucket. */
interface Column {
  readonly values: Float64Array;
  /** 1 where the value is suspect; absent while none is. */
  suspect?: Uint8Array;
}

const QUALITIES: readonly Quality[] = ['valid', 'suspect'];

/**
 * A stored range by columns: for each device and metric a value for every bucket, as the parts of the range have come.
 * In which order they come makes no difference.
 */
export class Frames {
  /** Where the buckets begin and the last one ends, ms since the epoch. */
  readonly edges: Float64Array;
  readonly #columns = new Map<string, Map<string, Column>>();
  /** Longitude and latitude in turns, NaN where none was told. */
  readonly #ways = new Map<string, Float64Array>();

  constructor(edges: readonly number[]) {
    this.edges = Float64Array.from(edges);
  }

  get count(): number {
    return Math.max(0, this.edges.length - 1);
  }

  /** Takes in a part of the range; buckets that are none of this range's are left. */
  put({ times, series }: Pick<Playback, 'times' | 'series'>): void {
    const places = times.map((time) => placeOf(this.edges, Date.parse(time)));
    // The first bucket may begin before the range does.
    if (places[0] === -1) places[0] = 0;
    for (const { device, metric, values, quality, positions } of series) {
      const column = this.#column(device, metric);
      for (const [index, place] of places.entries()) {
        if (place < 0 || place >= this.count) continue;
        const value = values[index];
        if (value === null || value === undefined) continue;
        column.values[place] = value;
        if (quality?.[index] === 'suspect') {
          column.suspect ??= new Uint8Array(this.count);
          column.suspect[place] = 1;
        }
        const position = positions?.[index];
        if (position) this.#way(device).set(position, 2 * place);
      }
    }
  }

  /** The last value of each metric in the buckets before `place`, as old as the end of its bucket at most. */
  latest(device: string, place: number): Record<string, Reading> {
    const latest: Record<string, Reading> = {};
    for (const [metric, { values, suspect }] of this.#columns.get(device) ?? [])
      for (let at = Math.min(place, this.count) - 1; at >= 0; at--) {
        const value = values[at];
        if (value === undefined || Number.isNaN(value)) continue;
        latest[metric] = { value, time: this.edges[at + 1] ?? 0, quality: QUALITIES[suspect?.[at] ?? 0] ?? 'valid' };
        break;
      }
    return latest;
  }

  /** Where a device was in a bucket; null where it did not say. */
  positionIn(device: string, place: number): Position | null {
    const way = this.#ways.get(device);
    const [lon, lat] = [way?.[2 * place], way?.[2 * place + 1]];
    return lon === undefined || lat === undefined || Number.isNaN(lon) ? null : [lon, lat];
  }

  /** Where a device was last in the buckets before `place`; null where it has not said. */
  lastPosition(device: string, place: number): Position | null {
    if (!this.#ways.has(device)) return null;
    for (let at = Math.min(place, this.count) - 1; at >= 0; at--) {
      const position = this.positionIn(device, at);
      if (position !== null) return position;
    }
    return null;
  }

  #column(device: string, metric: string): Column {
    const columns = this.#columns.get(device) ?? new Map<string, Column>();
    const column = columns.get(metric) ?? { values: new Float64Array(this.count).fill(Number.NaN) };
    columns.set(metric, column);
    this.#columns.set(device, columns);
    return column;
  }

  #way(device: string): Float64Array {
    const way = this.#ways.get(device) ?? new Float64Array(2 * this.count).fill(Number.NaN);
    this.#ways.set(device, way);
    return way;
  }
}
