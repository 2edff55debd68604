import type { MessagePort } from 'node:worker_threads';
import type { ReadRequest } from '../../api/reading/elsewhere.ts';
import type { Bus, BusEvents, BusTopic } from '../../storage/bus/port.ts';

/** What the reading thread is started with: plain data, cloned into it. */
export interface ReadingThreadOptions {
  readonly registry: string;
  /** The quarantine's file. */
  readonly quarantine: string;
  /** Directory of the archive. */
  readonly archive: string;
  readonly config: { readonly timezone: string; readonly publicRead: boolean };
  readonly logLevel: string;
  /** Where the ingest thread is asked. */
  readonly ingest: MessagePort;
}

/** The next bytes of a body; with `more` there may be others behind them. */
export interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly more: boolean;
}

/** An answer with the beginning of its body. */
export interface Answered extends Piece {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What the reading thread does when asked. Requests are numbered by who asks. */
export interface ReadingCalls {
  /** Reads what the store knows of the newest; before ingest begins. */
  open(): Promise<void>;
  ask(id: number, request: ReadRequest): Promise<Answered>;
  more(id: number): Promise<Piece>;
  /** Nobody reads the answer any more. */
  drop(id: number): void;
  told(...event: Told): void;
  stop(): Promise<void>;
}

/** What the reading thread asks the main thread. */
export interface MainCalls {
  archivedDays(from: number, to: number): Promise<readonly number[]>;
}

/** What the main thread publishes and the reading thread hears of. The newest values it hears from ingest. */
type ToldTopic = Extract<BusTopic, 'device' | 'presence' | 'areas'>;
export type Told = { [T in ToldTopic]: [topic: T, event: BusEvents[T]] }[ToldTopic];

/** Publishes what was told under its own topic. */
export function publishTold(bus: Bus, ...event: Told): void {
  // Written out, for the compiler must see topic and event together.
  if (event[0] === 'device') bus.publish(event[0], event[1]);
  else if (event[0] === 'presence') bus.publish(event[0], event[1]);
  else bus.publish(event[0], event[1]);
}

/** Hears each of the topics, until the returned function is called. */
export function hearTold(bus: Bus, hear: (...event: Told) => void): () => void {
  const left = [
    bus.subscribe('device', (event) => hear('device', event)),
    bus.subscribe('presence', (event) => hear('presence', event)),
    bus.subscribe('areas', (event) => hear('areas', event)),
  ];
  return () => {
    for (const leave of left) leave();
  };
}
