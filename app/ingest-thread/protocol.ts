import type { MessagePort } from 'node:worker_threads';
import type { Observation } from '../../model/observation.ts';
import type { Bus, BusEvents, BusTopic, LiveState } from '../../storage/bus/port.ts';
import type {
  AggregateQuery,
  AggregateRow,
  Batch,
  BucketQuery,
  Checkpoint,
  Corrected,
  FrameSeries,
  RangeQuery,
  TelemetryStore,
  VolumeQuery,
  VolumeRow,
} from '../../storage/telemetry/port.ts';
import type { Slice } from './slices.ts';

/** What the ingest thread is started with: plain data, cloned into it. */
export interface IngestThreadOptions {
  readonly journal: string;
  readonly registry: string;
  readonly quarantine: string;
  readonly store:
    | { readonly kind: 'duckdb'; readonly path: string; readonly threads: number }
    | {
        readonly kind: 'influxdb';
        readonly url: string;
        readonly version: 1 | 2 | 3;
        readonly database: string;
        readonly username?: string | undefined;
        readonly password?: string | undefined;
        readonly org?: string | undefined;
        readonly token?: string | undefined;
        readonly sidecar: string;
      };
  readonly rawRetention: number;
  readonly logLevel: string;
  /** Where the reading thread asks. */
  readonly reader: MessagePort;
}

/** An answer or why there is none. Errors lose their class between threads, so the one that matters is spelled out. */
export type Outcome<T> = { readonly ok: T } | { readonly unavailable: string } | { readonly failed: string };

type StoreMethod = Exclude<keyof TelemetryStore, 'put' | 'close'>;
type Crossing<F> = F extends (...args: infer A) => Promise<infer R> ? (...args: A) => Promise<Outcome<R>> : never;

/** What may have tens of thousands of rows. */
type SlicedMethod = 'range' | 'corrected' | 'aggregate' | 'frames' | 'volume';

/** Reading the store from another thread; only ingest itself puts. Long answers come in slices. */
export type StoreCalls = { [M in Exclude<StoreMethod, SlicedMethod>]: Crossing<TelemetryStore[M]> } & {
  range(query: RangeQuery): Promise<Outcome<Slice<Observation>>>;
  rangeOn(rest: number): Promise<Outcome<Slice<Observation>>>;
  corrected(query: RangeQuery): Promise<Outcome<Slice<Corrected>>>;
  correctedOn(rest: number): Promise<Outcome<Slice<Corrected>>>;
  aggregate(query: AggregateQuery): Promise<Outcome<Slice<AggregateRow>>>;
  aggregateOn(rest: number): Promise<Outcome<Slice<AggregateRow>>>;
  frames(query: BucketQuery): Promise<Outcome<Slice<FrameSeries>>>;
  framesOn(rest: number): Promise<Outcome<Slice<FrameSeries>>>;
  volume(query: VolumeQuery): Promise<Outcome<Slice<VolumeRow>>>;
  volumeOn(rest: number): Promise<Outcome<Slice<VolumeRow>>>;
};

/** What the ingest thread does when asked. */
export interface IngestCalls extends StoreCalls {
  /** Opens the store and answers what it has committed. */
  open(): Promise<Outcome<Checkpoint>>;
  /** Starts both cursors. */
  begin(): Promise<void>;
  since: LiveState['since'];
  flushed(head: number): void;
  forget(device: string): void;
  /** Whether somebody in the main thread listens to a topic. */
  wanted(topic: BusTopic, yes: boolean): void;
  stop(): Promise<void>;
}

/** What the reading thread may ask of the ingest thread. */
export interface ReaderCalls extends StoreCalls {
  since: LiveState['since'];
}

/** What the ingest thread tells the reading thread. */
export interface ReaderHears {
  latest(observations: BusEvents['latest']): void;
}

/** What the ingest thread tells the main thread. */
export interface MainCalls {
  committed(seq: number, tallies: Batch['tallies']): void;
  available(yes: boolean): void;
  failed(message: string): void;
  publish(...event: Published): void;
}

/** Topics that ingest publishes and the main thread hears. */
export const CROSSING = ['latest', 'observations', 'rejected'] as const satisfies readonly BusTopic[];
export type Published = {
  [T in (typeof CROSSING)[number]]: [topic: T, event: BusEvents[T]];
}[(typeof CROSSING)[number]];

/** Publishes a crossing event under its own topic. */
export function publishTo(bus: Bus, ...event: Published): void {
  // Written out, for the compiler must see topic and event together.
  if (event[0] === 'latest') bus.publish(event[0], event[1]);
  else if (event[0] === 'observations') bus.publish(event[0], event[1]);
  else bus.publish(event[0], event[1]);
}
