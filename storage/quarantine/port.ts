import type { QuarantineItem } from '../../model/quarantine.ts';
import type { Reason } from '../../model/reason.ts';

/** Newest first; filters narrow. */
export interface QuarantineQuery {
  readonly device?: string | undefined;
  readonly provider?: string | undefined;
  readonly reason?: Reason | undefined;
  /** ms, inclusive, of receipt. */
  readonly from?: number | undefined;
  /** ms, exclusive. */
  readonly to?: number | undefined;
  /** The id of the last item of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** What could not be stored, kept with its reason. Ids are `{journal seq}-{index}`: putting twice changes nothing. */
export interface QuarantineStore {
  put(items: readonly QuarantineItem[]): Promise<void>;
  list(query: QuarantineQuery): Promise<readonly QuarantineItem[]>;
  get(id: string): Promise<QuarantineItem | undefined>;
  /** Deletes what was received before (ms); resolves with how many. */
  expire(before: number): Promise<number>;
  /**
   * Marks items as replayed now and resolves with those that were not yet, marked, in the order of their ids: of several
   * who claim an item at the same time one gets it. What is not there is left out.
   */
  claim(ids: readonly string[]): Promise<readonly QuarantineItem[]>;
  /** Takes the mark away again: what was claimed could not be replayed after all. */
  release(ids: readonly string[]): Promise<void>;
  /** Deletes all items of the devices; resolves with how many. */
  erase(devices: readonly string[]): Promise<number>;
  /** Writes a consistent copy to the file `path`, while others write. Rejects where the file is there already. */
  backup(path: string): Promise<void>;
  close(): Promise<void>;
}
