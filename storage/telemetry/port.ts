import type { Observation } from '../../model/observation.ts';

/** Identity of an observation: there is at most one winner per (device, metric, time). */
export interface Identity {
  readonly device: string;
  readonly metric: string;
  /** Phenomenon time, ms. */
  readonly time: number;
}

/** Every value ever held for an identity, the winner last. */
export interface Held extends Identity {
  readonly values: readonly number[];
}

/** The newest phenomenon time of a series. */
export type SeriesHead = Identity;

/** An observation that replaces the winner of its identity; the superseded one is kept and readable. */
export interface Correction {
  readonly observation: Observation;
  readonly superseded: number;
}

/** An observation that holds in place of others. */
export interface Corrected extends Observation {
  /** The values that its identity had before, oldest first: one at least. */
  readonly superseded: readonly number[];
}

/** What became of one device's messages and observations within a batch, or since the beginning. */
export interface Tally {
  readonly provider: string;
  readonly device: string;
  readonly processed: number;
  readonly quarantinedMessages: number;
  readonly decoded: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly corrected: number;
  readonly quarantinedObservations: number;
}

/**
 * The classified content of the journal records `after < seq <= upTo`. `fresh` holds new identities, each once, in
 * order of receipt. Corrections are applied in order after `fresh`: several may name one identity, also one that is fresh
 * in this batch. Hour rows equal a recomputation from raw at every moment, however late the observations came.
 */
export interface Batch {
  readonly after: number;
  readonly upTo: number;
  readonly fresh: readonly Observation[];
  readonly corrections: readonly Correction[];
  readonly tallies: readonly Tally[];
}

/** Where ingest stands: the last journal record whose content is stored, and the books up to it. */
export interface Checkpoint {
  readonly seq: number;
  readonly tallies: readonly Tally[];
}

/** A page of raw observations, ordered by (time, device, metric). */
export interface RangeQuery {
  /** Device ids; undefined for all. */
  readonly devices?: readonly string[] | undefined;
  /** Metric ids; undefined for all. */
  readonly metrics?: readonly string[] | undefined;
  /** ms, inclusive. */
  readonly from: number;
  /** ms, exclusive. */
  readonly to: number;
  /** Only what comes behind this identity in the order. */
  readonly after?: Identity | undefined;
  readonly limit: number;
}

export const WINDOWS = ['5m', '15m', '1h', '1d', '1w', 'all'] as const;
export type Window = (typeof WINDOWS)[number];

/** A device all of whose observations belong to a group; in several groups it counts in each. */
export interface GroupMember {
  readonly device: string;
  readonly group: string;
}

/** A device that moves: its observations belong to its group, or where it has none to the group of the place they were made in. */
export interface Mover {
  readonly device: string;
  readonly group?: string | undefined;
}

/** An H3 cell at CELL_RESOLUTION and the group of what was observed in it. */
export interface Place {
  readonly cell: string;
  readonly group: string;
}

/** Devices whose observations count by where each was made: in one of the `places`; elsewhere, or without a position, not at all. */
export interface Movers {
  /** Each once, and none of them a member. */
  readonly devices: readonly Mover[];
  /** Each cell once. */
  readonly places: readonly Place[];
}

/**
 * Two-stage aggregate of one metric: per device, group and window over time as `overTime` says, then over the devices of
 * a group. A device that moved through several groups within a window counts in each, with what it observed there.
 * Invalid observations are left out. `1h`, `1d` and `1w` windows are the city's: they begin on its hours, its midnights
 * and the midnight before Monday (the weeks of ISO 8601).
 */
export interface AggregateQuery {
  readonly metric: string;
  readonly members: readonly GroupMember[];
  readonly movers?: Movers | undefined;
  readonly from: number;
  readonly to: number;
  readonly window: Window;
  /** IANA name; only 1h, 1d, 1w need it. */
  readonly timezone: string;
  readonly overTime: 'mean' | 'sum' | 'last' | 'max';
  readonly overDevices: 'sum' | 'mean' | 'max';
  /** Percentiles cost a look at the raw data. */
  readonly percentiles: boolean;
}

/**
 * One group in one window. For observations x, of devices d, that belong to the group: `value` = overDevices(overTime(x));
 * `mean` = mean over devices of each device's mean; `sum` = sum over devices of overTime(x); `min`, `max`, `p50`, `p95`
 * (linear interpolation) and `count` over all x.
 */
export interface AggregateRow {
  readonly group: string;
  /** Start of the window, ms; the query's `from` for `all`. */
  readonly start: number;
  readonly value: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly count: number;
  /** Percentiles are not told where some of the raw values behind the figures were deleted. */
  readonly p50?: number | undefined;
  readonly p95?: number | undefined;
  /** Devices that contributed. */
  readonly devices: number;
  /** Phenomenon times of the first and last observation in it, ms. */
  readonly oldest: number;
  readonly newest: number;
}

/**
 * What the buckets of a range hold, for every one of the devices and metrics. The first of `starts` (ms, rising, at least
 * one) is at or before `from`; each bucket lasts until the next begins, the last until `to`. What lies before `from` is in
 * none. Invalid observations are left out.
 */
export interface BucketQuery {
  readonly devices: readonly string[];
  readonly metrics: readonly string[];
  /** ms, inclusive. */
  readonly from: number;
  /** ms, exclusive. */
  readonly to: number;
  readonly starts: readonly number[];
}

/** As BucketQuery; what the `movers` observed counts too, where it was made in one of the cells. */
export interface VolumeQuery extends BucketQuery {
  readonly movers?: { readonly devices: readonly string[]; readonly cells: readonly string[] } | undefined;
  /** A row for each device and metric, and none for all together. */
  readonly byDevice?: boolean | undefined;
}

/** The newest observation of one series in each bucket; every list has a place for each bucket, in their order. */
export interface FrameSeries {
  readonly device: string;
  readonly metric: string;
  /** NaN where there is none in the bucket. */
  readonly values: Float64Array;
  /** 1 where the value is suspect; undefined where none is. */
  readonly suspect: Uint8Array | undefined;
  /** Longitude and latitude of each in turn, NaN where it has no position; undefined where none has. */
  readonly positions: Float64Array | undefined;
}

/** How much one bucket holds of a metric, or of all that were asked for together. */
export interface VolumeRow {
  /** Undefined for all. */
  readonly metric: string | undefined;
  /** Whose it is; undefined for all. */
  readonly device?: string | undefined;
  /** Start of the bucket, ms. */
  readonly start: number;
  readonly observations: number;
  /** Devices that made any of them. */
  readonly devices: number;
}

/** What was deleted: observations and hour rows. */
export interface Expired {
  readonly observations: number;
  readonly hours: number;
}

/** What was written into a file: observations, and values that they superseded. */
export interface Extract {
  readonly observations: number;
  readonly superseded: number;
}

/** One hour of one series, kept beside the raw data. `start` is the UTC hour, ms. */
export interface HourRow {
  readonly device: string;
  readonly metric: string;
  readonly start: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Value of the newest observation in the hour, and its time. */
  readonly last: number;
  readonly oldest: number;
  readonly newest: number;
}

/**
 * Where observations live. One writer (ingest), any number of readers. Every adapter passes tests/contract/telemetry.ts.
 * When the backend does not answer, methods reject with a StoreUnavailable and may be called again.
 */
export interface TelemetryStore {
  /** Resolves when the backend answers; rejects with a StoreUnavailable. */
  ping(): Promise<void>;
  /** What is committed. The first call after opening also ends a batch that a crash cut in two. */
  checkpoint(): Promise<Checkpoint>;
  /**
   * Stores a batch, moves the checkpoint to `upTo` and adds the tallies, all or nothing as seen after any crash.
   * Idempotent: a batch whose `upTo` is not beyond the checkpoint changes nothing.
   */
  put(batch: Batch): Promise<void>;
  /** Values ever held, for those of the identities that are held at all. */
  held(identities: readonly Identity[]): Promise<readonly Held[]>;
  /** The newest time of every series. */
  heads(): Promise<readonly SeriesHead[]>;
  /** The winner with the newest phenomenon time of every series, or of those of `devices`. */
  latest(devices?: readonly string[]): Promise<readonly Observation[]>;
  /** Superseded values of an identity, oldest first. */
  superseded(identity: Identity): Promise<readonly number[]>;
  range(query: RangeQuery): Promise<readonly Observation[]>;
  /** As `range`, of what was corrected only. */
  corrected(query: RangeQuery): Promise<readonly Corrected[]>;
  aggregate(query: AggregateQuery): Promise<readonly AggregateRow[]>;
  /** Of every series that has anything in a bucket, in no order. */
  frames(query: BucketQuery): Promise<readonly FrameSeries[]>;
  /**
   * Rows for buckets in which there is anything, in no order. Where all buckets begin on UTC hours, whole hours may come
   * from the hour rows, which outlive the raw observations.
   */
  volume(query: VolumeQuery): Promise<readonly VolumeRow[]>;
  /**
   * The H3 cells in which the given devices made observations of the metric, `from <= time < to`, each once, in no order.
   * Invalid observations and those without a position are left out.
   */
  cells(devices: readonly string[], metric: string, from: number, to: number): Promise<readonly string[]>;
  /** Hour rows of the given devices and metric, `from <= start < to`, ordered by (device, start). */
  hours(devices: readonly string[], metric: string, from: number, to: number): Promise<readonly HourRow[]>;
  /**
   * Deletes raw observations older than `rawBefore` and hour rows older than `hoursBefore` (ms), raw ones by whole UTC
   * hours. `latest` stays. It goes in small steps: a put waits for one of them at most.
   */
  expire(rawBefore: number, hoursBefore: number): Promise<Expired>;
  /**
   * Deletes all that the devices ever told: raw observations, superseded values, hour rows, their latest. Their tallies
   * stay, for the books must balance. It goes in small steps, as `expire`; what the devices tell meanwhile either goes
   * with the rest or stays as if it had come afterwards. Where it rejects it may be called again.
   */
  erase(devices: readonly string[]): Promise<Expired>;
  /**
   * Writes the observations of `from <= time < to` (ms), each with the values it superseded, into the Parquet file `path`,
   * made anew, in the form of storage/archive/columns.ts. Puts go on meanwhile; what they bring of that span may or may
   * not be in it. On a failure something may be left at the path.
   */
  extract(from: number, to: number, path: string): Promise<Extract>;
  /**
   * Writes a consistent copy of the store into the directory, under the names that its files have here, while puts go on.
   * Opened as a store it tells what this one told at one moment. To be taken before the journal's: a copy of the journal
   * then holds what comes behind the copy's checkpoint. Rejects where a copy is there already.
   */
  backup(directory: string): Promise<void>;
  close(): Promise<void>;
}

/** Reading the store: what everyone but ingest is given. */
export type TelemetryReader = Omit<TelemetryStore, 'put' | 'close'>;

/** The backend does not answer or refuses for now; the same call may succeed later. */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable';
}
