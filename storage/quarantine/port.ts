import type { QuarantineItem, QuarantineState, QuarantineSummary } from '../../model/quarantine.ts';
import type { Reason } from '../../model/reason.ts';
import type { Format } from '../../model/topic.ts';

/** What narrows the quarantine; all that is given must hold. */
export interface QuarantineFilters {
  readonly device?: string | undefined;
  readonly provider?: string | undefined;
  readonly reason?: Reason | undefined;
  readonly domain?: string | undefined;
  readonly format?: Format | undefined;
  readonly state?: QuarantineState | undefined;
  /** ms, inclusive, of receipt. */
  readonly from?: number | undefined;
  /** ms, exclusive. */
  readonly to?: number | undefined;
}

export interface QuarantineQuery extends QuarantineFilters {
  /** Of receipt; the newest first by default. */
  readonly order?: 'newest' | 'oldest' | undefined;
  /** The id of the last item of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** An item as ingest sets it aside: `payload` is the whole message. All items of one message carry the same. */
export type SetAside = Omit<QuarantineItem, 'bytes' | 'replayed' | 'dismissed'>;

/** The message that items were set aside from, whole; `seq` is its place in the journal. */
export interface KeptMessage {
  readonly seq: number;
  readonly device: string;
  readonly provider: string;
  readonly domain: string;
  readonly format: Format;
  /** ms since the epoch. */
  readonly received: number;
  readonly payload: Uint8Array;
  /** Whether the end of the message was lost: an earlier version kept its beginning only. */
  readonly truncated: boolean;
}

/** A message that is one claimant's, with how many of its items wait. */
export interface ClaimedMessage {
  readonly seq: number;
  readonly items: number;
}

/** A message that somebody is about to put into the journal again, or was when the process ended. */
export interface Claim {
  readonly seq: number;
  /** Head of the journal when it was claimed: what came of it stands behind. */
  readonly head: number;
}

/** What is in the quarantine, and what had to go. */
export interface QuarantineTotals {
  readonly items: number;
  /** Of the payloads kept. */
  readonly bytes: number;
  /** Items that went before their time because the quarantine was full, since it began. */
  readonly dropped: number;
}

/**
 * What could not be stored, kept with its reason. Ids are `{journal seq}-{index}`: putting twice changes nothing. The
 * message itself is kept once, whole, however many items it has; they wait, and are claimed and replayed, together.
 */
export interface QuarantineStore {
  put(items: readonly SetAside[]): Promise<void>;
  /** Payloads are cut at 8,192 bytes. */
  list(query: QuarantineQuery): Promise<readonly QuarantineItem[]>;
  /** One item with the whole payload. */
  get(id: string): Promise<QuarantineItem | undefined>;
  message(seq: number): Promise<KeptMessage | undefined>;
  /** Counts of what the filters choose; of devices the `top` with the most items. */
  summary(filters: Omit<QuarantineFilters, 'state'>, top: number): Promise<QuarantineSummary>;
  totals(): Promise<QuarantineTotals>;
  /** Deletes what was received before (ms); resolves with how many. */
  expire(before: number): Promise<number>;
  /**
   * Claims the waiting items of messages for whoever replays them now, the journal's head being `head`; resolves with
   * the messages that are his, in order: of several who claim the same at the same time one gets it. A message of which
   * anything was claimed or replayed before is nobody's any more.
   */
  claim(seqs: readonly number[], head: number): Promise<readonly ClaimedMessage[]>;
  /** Claims of messages that are neither replayed nor released yet, the oldest first. */
  claims(): Promise<readonly Claim[]>;
  /** What was claimed is in the journal: its items are replayed, now. */
  complete(seqs: readonly number[]): Promise<void>;
  /** What was claimed did not go into the journal: its items wait again. */
  release(seqs: readonly number[]): Promise<void>;
  /** Marks a waiting item as judged hopeless; resolves with whether it waited. */
  dismiss(id: string): Promise<boolean>;
  /** Deletes all items of the devices; resolves with how many. */
  erase(devices: readonly string[]): Promise<number>;
  /** Writes a consistent copy to the file `path`, while others write. Rejects where the file is there already. */
  backup(path: string): Promise<void>;
  close(): Promise<void>;
}
