import type { FrameSeries } from './port.ts';

/** Gathers the newest observations of one series, bucket by bucket, in any order. */
export class FrameBuilder {
  readonly #values: Float64Array;
  #suspect: Uint8Array | undefined;
  #positions: Float64Array | undefined;

  constructor(buckets: number) {
    this.#values = new Float64Array(buckets).fill(Number.NaN);
  }

  /** Sets what is in a bucket, in place of what was there. */
  set(bucket: number, value: number, suspect: boolean, lon: number | undefined, lat: number | undefined): void {
    this.#values[bucket] = value;
    if (suspect || this.#suspect) {
      this.#suspect ??= new Uint8Array(this.#values.length);
      this.#suspect[bucket] = suspect ? 1 : 0;
    }
    const placed = lon !== undefined && lat !== undefined;
    if (!placed && !this.#positions) return;
    this.#positions ??= new Float64Array(2 * this.#values.length).fill(Number.NaN);
    this.#positions[2 * bucket] = placed ? lon : Number.NaN;
    this.#positions[2 * bucket + 1] = placed ? lat : Number.NaN;
  }

  /** What was gathered; undefined where it is nothing. */
  series(device: string, metric: string): FrameSeries | undefined {
    if (this.#values.every(Number.isNaN)) return undefined;
    const suspect = this.#suspect?.includes(1) ? this.#suspect : undefined;
    const positions = this.#positions?.every(Number.isNaN) ? undefined : this.#positions;
    return { device, metric, values: this.#values, suspect, positions };
  }
}
