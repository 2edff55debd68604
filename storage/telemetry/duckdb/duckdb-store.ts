import type { Observation } from '../../../model/observation.ts';
import type {
  AggregateQuery,
  AggregateRow,
  Batch,
  BucketQuery,
  Checkpoint,
  Corrected,
  Expired,
  Extract,
  FrameSeries,
  Held,
  HourRow,
  Identity,
  RangeQuery,
  SeriesHead,
  TelemetryStore,
  VolumeQuery,
  VolumeRow,
} from '../port.ts';
import { aggregate } from './aggregate.ts';
import { backup } from './backup.ts';
import { Database } from './database.ts';
import { asStoreError, isFatal } from './errors.ts';
import { extract } from './extract.ts';
import { frames } from './frames.ts';
import type { DuckDbOptions } from './options.ts';
import * as reader from './reader.ts';
import { erase, expire } from './retention.ts';
import { volume } from './volume.ts';

/** The telemetry store in one DuckDB file of this process. Opens the file anew when the disk made DuckDB give up. */
export class DuckDbStore implements TelemetryStore {
  readonly #options: DuckDbOptions;
  #database: Promise<Database>;
  #closed = false;

  private constructor(options: DuckDbOptions, database: Database) {
    this.#options = options;
    this.#database = Promise.resolve(database);
  }

  static async open(options: DuckDbOptions): Promise<DuckDbStore> {
    try {
      return new DuckDbStore(options, await Database.open(options));
    } catch (error) {
      throw asStoreError(error);
    }
  }

  checkpoint(): Promise<Checkpoint> {
    return this.#use(({ writing, writer }) => writing.run(() => writer.checkpoint()));
  }

  put(batch: Batch): Promise<void> {
    return this.#use(({ writing, writer }) => writing.run(() => writer.put(batch)));
  }

  held(identities: readonly Identity[]): Promise<readonly Held[]> {
    return this.#use(({ ingesting, names }) => ingesting.run((c) => reader.held(c, names.series, identities)));
  }

  heads(): Promise<readonly SeriesHead[]> {
    return this.#use(({ ingesting, names }) => ingesting.run((c) => reader.heads(c, names.series)));
  }

  latest(devices?: readonly string[]): Promise<readonly Observation[]> {
    return this.#use(({ light, names }) => light.run((c) => reader.latest(c, names.series, devices)));
  }

  superseded(identity: Identity): Promise<readonly number[]> {
    return this.#use(({ light, names }) => light.run((c) => reader.superseded(c, names.series, identity)));
  }

  range(query: RangeQuery): Promise<readonly Observation[]> {
    return this.#use(({ heavy, names }) => heavy.run((c) => reader.range(c, names.series, query)));
  }

  corrected(query: RangeQuery): Promise<readonly Corrected[]> {
    return this.#use(({ heavy, names }) => heavy.run((c) => reader.corrected(c, names.series, query)));
  }

  aggregate(query: AggregateQuery): Promise<readonly AggregateRow[]> {
    return this.#use(({ heavy, names }) => heavy.run((c) => aggregate(c, names.series, query)));
  }

  frames(query: BucketQuery): Promise<readonly FrameSeries[]> {
    return this.#use(({ heavy, names }) => heavy.run((c) => frames(c, names.series, query)));
  }

  volume(query: VolumeQuery): Promise<readonly VolumeRow[]> {
    return this.#use(({ heavy, names }) => heavy.run((c) => volume(c, names.series, query)));
  }

  cells(devices: readonly string[], metric: string, from: number, to: number): Promise<readonly string[]> {
    return this.#use(({ heavy, names }) => heavy.run((c) => reader.cells(c, names.series, devices, metric, from, to)));
  }

  hours(devices: readonly string[], metric: string, from: number, to: number): Promise<readonly HourRow[]> {
    return this.#use(({ light, names }) => light.run((c) => reader.hours(c, names.series, devices, metric, from, to)));
  }

  expire(rawBefore: number, hoursBefore: number): Promise<Expired> {
    return this.#use((database) => expire(database, rawBefore, hoursBefore));
  }

  erase(devices: readonly string[]): Promise<Expired> {
    return this.#use((database) => erase(database, devices));
  }

  extract(from: number, to: number, path: string): Promise<Extract> {
    return this.#use(({ copying }) => copying.run((c) => extract(c, from, to, path)));
  }

  backup(directory: string): Promise<void> {
    return this.#use(({ copying }) => copying.run((c) => backup(c, this.#options.path, directory)));
  }

  /** It is in this process; opened it answers. */
  async ping(): Promise<void> {
    await this.#use(async () => undefined);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const database = await this.#database.catch(() => undefined);
    await database?.close();
  }

  async #use<T>(work: (database: Database) => Promise<T>): Promise<T> {
    if (this.#closed) throw new Error('the telemetry store is closed');
    const opening = this.#database;
    let opened = false;
    try {
      const database = await opening;
      opened = true;
      return await work(database);
    } catch (error) {
      if (!opened || isFatal(error)) this.#reopen(opening);
      throw asStoreError(error);
    }
  }

  /** Closes a database that gave up and opens the file anew: two instances on one file would destroy it. */
  #reopen(broken: Promise<Database>): void {
    if (this.#database !== broken || this.#closed) return;
    this.#database = broken
      .then((database) => database.close())
      .catch(() => undefined)
      .then(() => Database.open(this.#options));
    // Who calls next sees the failure; until then nobody listens.
    this.#database.catch(() => undefined);
  }
}
