import type { Observation } from '../../model/observation.ts';
import { type Extract, type Identity, type RangeQuery, StoreUnavailable } from '../telemetry/port.ts';

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
  /** Superseded values of an archived identity, oldest first. */
  superseded(identity: Identity): Promise<readonly number[]>;
  /** Deletes all that the devices ever told, day by day; resolves with how many observations went. May be called again. */
  erase(devices: readonly string[]): Promise<number>;
  /** Deletes the days that lie wholly before a moment (ms); resolves with how many went. */
  expire(before: number): Promise<number>;
  /** Puts every file also into the directory, under the name that the archive has here: a copy as of one moment. */
  backup(directory: string): Promise<void>;
  close(): Promise<void>;
}

/** Reading it: what answers of raw observations need. */
export type ArchiveReader = Pick<Archive, 'holds' | 'read' | 'superseded'>;

/** A file of the archive cannot be read or written: the disk is full, or the file is not what was written. */
export class ArchiveUnavailable extends StoreUnavailable {
  override readonly name = 'ArchiveUnavailable';
}

export const DAY_MS = 86_400_000;

/** Midnight, UTC, of the day of a time (ms). */
export const dayOf = (time: number): number => Math.floor(time / DAY_MS) * DAY_MS;
