import type { Carriage } from '../../simulators/fleet.ts';
import type { HistorySummary } from '../../simulators/history.ts';

/** What the fleet's thread is started with: plain data, cloned into it. */
export interface FleetThreadOptions {
  /** The fleet is planned again in the thread: scripts do not cross. */
  readonly count: number;
  readonly seed: number;
  readonly mqtt: { readonly host: string; readonly port: number };
  readonly http: string;
  readonly logLevel: string;
}

/** A device that is registered and may report. */
export interface Enlisted {
  readonly id: string;
  readonly password: string;
  readonly carriage: Carriage;
}

/** What the fleet's thread does when asked. */
export interface FleetCalls {
  /** Resolves when each device has tried to connect. */
  launch(devices: readonly Enlisted[]): Promise<void>;
  /** Sends the devices' readings of so many ms before live ones began; undefined where a stop ended it. */
  history(devices: readonly Enlisted[], lengthMs: number): Promise<HistorySummary | undefined>;
  stop(): Promise<void>;
}

/** What the fleet's thread asks and tells the main thread. */
export interface MainCalls {
  /** Messages that the city has not stored yet. */
  pending(): number;
  /** So large a share of the history is sent, `device` with all of its own. */
  historySent(share: number, device: string): void;
}
