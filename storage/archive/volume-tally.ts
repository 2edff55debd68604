import type { BucketQuery, VolumeRow } from '../telemetry/port.ts';

/** Whole numbers, each once: a bit for each. */
class Ordinals {
  #bits = new Uint8Array(8);
  size = 0;

  add(ordinal: number): void {
    const [place, bit] = [ordinal >> 3, 1 << (ordinal & 7)];
    if (place >= this.#bits.length) {
      const wider = new Uint8Array(2 * (place + 1));
      wider.set(this.#bits);
      this.#bits = wider;
    }
    const held = this.#bits[place] ?? 0;
    if (held & bit) return;
    this.#bits[place] = held | bit;
    this.size += 1;
  }
}

interface Count {
  observations: number;
  /** Devices that were told of as a number only. */
  others: number;
  readonly devices: Ordinals;
}

/** Adds up how much each bucket holds, each device of a bucket once, out of parts that share buckets. */
export class VolumeTally {
  readonly #starts: readonly number[];
  readonly #places: ReadonlyMap<number, number>;
  readonly #counts = new Map<string | undefined, Map<number, Count>>();
  readonly #ordinals = new Map<string, number>();

  constructor({ starts }: Pick<BucketQuery, 'starts'>) {
    this.#starts = starts;
    this.#places = new Map(starts.map((start, place) => [start, place]));
  }

  #countOf(metric: string | undefined, bucket: number): Count {
    let own = this.#counts.get(metric);
    if (!own) {
      own = new Map();
      this.#counts.set(metric, own);
    }
    let count = own.get(bucket);
    if (!count) {
      count = { observations: 0, others: 0, devices: new Ordinals() };
      own.set(bucket, count);
    }
    return count;
  }

  /** Adds observations of a device. */
  add(device: string, metric: string, bucket: number, observations: number): void {
    const ordinal = this.#ordinals.get(device) ?? this.#ordinals.size;
    this.#ordinals.set(device, ordinal);
    for (const count of [this.#countOf(metric, bucket), this.#countOf(undefined, bucket)]) {
      count.observations += observations;
      count.devices.add(ordinal);
    }
  }

  /** Adds what a store told: of a device, or of devices that no other part tells of in this bucket. */
  addRow({ device, metric, start, observations, devices }: VolumeRow): void {
    const bucket = this.#places.get(start);
    if (bucket === undefined) throw new RangeError(`no bucket begins at ${start}`);
    if (device !== undefined && metric !== undefined) {
      this.add(device, metric, bucket, observations);
      return;
    }
    const count = this.#countOf(metric, bucket);
    count.observations += observations;
    count.others += devices;
  }

  rows(): readonly VolumeRow[] {
    return [...this.#counts].flatMap(([metric, own]) =>
      [...own].map(([bucket, { observations, others, devices }]) => ({
        metric,
        start: this.#starts[bucket] ?? 0,
        observations,
        devices: others + devices.size,
      })),
    );
  }
}
