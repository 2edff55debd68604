import type { Observation } from '../../model/observation.ts';
import {
  type BucketQuery,
  type Corrected,
  type Extract,
  type Identity,
  type RangeQuery,
  StoreUnavailable,
} from '../telemetry/port.ts';

/** A UTC day of raw observations that was set aside. */
export interface ArchivedDay {
  /** Its midnight, UTC, ms. */
  readonly day: number;
  readonly observations: number;
  /** Of its file. */
  readonly bytes: number;
  /** Phenomenon times of its first and last observation, ms. */
  readonly oldest: number;
  readonly newest: number;
}

/** A bucket query of what is archived; devices and metrics each once, and some of either. */
export interface ArchivedQuery extends BucketQuery {
  /** Identities to pass over, because what holds of them is elsewhere. */
  readonly without: readonly Identity[];
  /** H3 cells: only what was observed in one of them. */
  readonly cells?: readonly string[] | undefined;
  /** Breaks the reading off: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What is archived of a series in a bucket. Device, metric and bucket are told by their places in the query. */
interface ArchivedBucket {
  readonly device: number;
  readonly metric: number;
  readonly bucket: number;
}

/** The newest of them that is not invalid. */
export interface ArchivedNewest extends ArchivedBucket {
  /** Phenomenon time, ms. */
  readonly time: number;
  readonly value: number;
  readonly suspect: boolean;
  readonly position: readonly [lon: number, lat: number] | undefined;
}

/** How many of them are not invalid: one at least. */
export interface ArchivedCount extends ArchivedBucket {
  readonly observations: number;
}

/**
 * Raw observations that the store need not keep any longer, a file for each UTC day. A day that is in it is whole: it was
 * written, read back and flushed before it got its name. Every adapter passes tests/contract/archive.ts. What cannot be
 * read or written rejects with an ArchiveUnavailable; the same call may succeed later.
 */
export interface Archive {
  /** All days, the oldest first. */
  days(): Promise<readonly ArchivedDay[]>;
  /** Days that have a moment of `from <= time < to` (ms), the oldest first, as their midnights. */
  between(from: number, to: number): Promise<readonly number[]>;
  /** Whether it holds any day that has a moment of `from <= time < to` (ms). */
  holds(from: number, to: number): Promise<boolean>;
  /**
   * Archives the UTC day that begins at `day` (ms): `extract` writes its observations into the file it is given, as
   * TelemetryStore.extract does. Joined with what was archived of that day before: of one identity the extracted value
   * wins, and a different one that was archived counts as superseded by it. All or nothing. Resolves with undefined where
   * there is no observation of that day.
   */
  write(day: number, extract: (path: string) => Promise<Extract>): Promise<ArchivedDay | undefined>;
  /** A page of archived observations, as TelemetryStore.range. */
  read(query: RangeQuery): Promise<readonly Observation[]>;
  /** As TelemetryStore.corrected. */
  corrected(query: RangeQuery): Promise<readonly Corrected[]>;
  /** Superseded values of an archived identity, oldest first. */
  superseded(identity: Identity): Promise<readonly number[]>;
  /** Tells the newest of each series in each bucket of each day, day by day, the oldest first. */
  frames(query: ArchivedQuery, take: (row: ArchivedNewest) => void): Promise<void>;
  /** Tells how many there are of each series in each bucket of each day, as `frames`. */
  counts(query: ArchivedQuery, take: (row: ArchivedCount) => void): Promise<void>;
  /** As TelemetryStore.cells. */
  cells(devices: readonly string[], metric: string, from: number, to: number): Promise<readonly string[]>;
  /** Deletes all that the devices ever told, day by day; resolves with how many observations went. May be called again. */
  erase(devices: readonly string[]): Promise<number>;
  /** Deletes the days that lie wholly before a moment (ms); resolves with how many went. */
  expire(before: number): Promise<number>;
  /** Puts every file also into the directory, under the name that the archive has here: a copy as of one moment. */
  backup(directory: string): Promise<void>;
  close(): Promise<void>;
}

/** Reading it: what answers of raw observations need. */
export type ArchiveReader = Pick<
  Archive,
  'between' | 'holds' | 'read' | 'corrected' | 'superseded' | 'frames' | 'counts' | 'cells'
>;

/** A file of the archive cannot be read or written: the disk is full, or the file is not what was written. */
export class ArchiveUnavailable extends StoreUnavailable {
  override readonly name = 'ArchiveUnavailable';
}

export const DAY_MS = 86_400_000;

/** Midnight, UTC, of the day of a time (ms). */
export const dayOf = (time: number): number => Math.floor(time / DAY_MS) * DAY_MS;
