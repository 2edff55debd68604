/** What a fleet has done since its start. */
export interface FleetStats {
  devices: number;
  /** Devices that can send now: their own connection stands, or they are carried over HTTP. */
  connected: number;
  published: number;
  acknowledged: number;
  /** Messages not sent because the device was not connected or too much of it was not acknowledged yet. */
  skipped: number;
  /** Messages that the city refused or did not answer. */
  failed: number;
}

/** A device's way to the city, over whatever carries it. */
export interface DeviceLine {
  /** Resolves when the first attempt to connect has gone well or not. */
  readonly attempted: Promise<void>;
  onceConnected(run: () => void): void;
  /** Sends a payload of the device's telemetry; what cannot be sent is counted and forgotten. */
  publish(payload: string): void;
  /** Waits, not for long, for what is under way, and hangs up. */
  end(): Promise<void>;
}

/** A sensor keeps few readings: what the city has not acknowledged by then holds back the next. */
export const UNACKNOWLEDGED_AT_MOST = 20;
