import type { Presence } from '../../model/device.ts';
import type { Observation } from '../../model/observation.ts';
import type { Reason } from '../../model/reason.ts';

/**
 * An observation as it went by: `id` is `{journal seq}.{index}`, growing. Sequence numbers start at 1; `0.0` is for what
 * the store knew before the journal was read.
 */
export interface LiveObservation extends Observation {
  readonly id: string;
  readonly domain: string;
}

/** What crosses between the city's parts and, later, its processes. Telemetry itself never does: it is in the journal. */
export interface BusEvents {
  /** Newest per series since the last event, about four times a second. */
  readonly latest: readonly LiveObservation[];
  /** Every observation as decoded; published only while someone subscribes. */
  readonly observations: readonly LiveObservation[];
  readonly presence: Presence & { readonly device: string; readonly domain: string };
  readonly rejected: {
    readonly device: string;
    readonly domain: string;
    readonly received: number;
    readonly reason: Reason;
    readonly detail: string;
    readonly metric: string | null;
  };
  /** A device was registered, changed, retired, deleted, or got another credential: what is cached of it is stale. */
  readonly device: { readonly id: string };
  /** Areas were imported or forgotten: what is cached of them is stale. */
  readonly areas: { readonly level: string };
  /** An API key was revoked: what was opened with it ends. */
  readonly key: { readonly id: string };
}

export type BusTopic = keyof BusEvents;

export interface Bus {
  publish<T extends BusTopic>(topic: T, event: BusEvents[T]): void;
  /** Answers how to unsubscribe. A listener that throws harms no other. */
  subscribe<T extends BusTopic>(topic: T, listener: (event: BusEvents[T]) => void): () => void;
  /** Whether anyone listens: dear events are not made for nobody. */
  wanted(topic: BusTopic): boolean;
  /** Called whenever `wanted(topic)` changes. */
  onWanted(listener: (topic: BusTopic, wanted: boolean) => void): () => void;
  close(): Promise<void>;
}

/** The live state of the city, derived from the journal by its own cursor, so that it goes on while the store is away. */
export interface LiveState {
  /** Newest observation of every series, or of those of one device. */
  latest(device?: string): readonly LiveObservation[];
  /**
   * Observations with an id behind `after`, in order, decoded again from the journal: at most `limit`.
   * `complete` is false where the journal no longer reaches back to `after`, or never came so far: then the items begin
   * with what there is. `next` is the id to go on from.
   */
  since(after: string, limit: number): Promise<{ items: readonly LiveObservation[]; next: string; complete: boolean }>;
}
