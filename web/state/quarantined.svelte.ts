import { fetchOverview } from '../api/quarantine.ts';
import { poll } from './poll.ts';

/** Asked seldom: of a span of time the city counts them anew. */
const REFRESH_MS = 180_000;
const MINUTE_MS = 60_000;
/** How far back a message that could not be stored still says something of its device. */
export const RECENT_MS = 24 * 3_600_000;
/** As many devices as the API names at most. */
const TOP = '1000';

/** Devices of whose recent messages some wait in the quarantine, as far as the key of the reader may know. */
export class Quarantined {
  devices: ReadonlySet<string> = $state.raw(new Set());

  /** Asks every few minutes until the returned function is called; then nothing is known. */
  follow(): () => void {
    const stop = poll(
      {
        read: (signal) => {
          // By the full minute, so that many pages ask the same.
          const from = Math.floor((Date.now() - RECENT_MS) / MINUTE_MS) * MINUTE_MS;
          return fetchOverview({ top: TOP, from: new Date(from).toISOString() }, signal);
        },
        came: ({ devices }) => {
          this.devices = new Set(devices.filter(({ waiting }) => waiting > 0).map(({ device }) => device));
        },
        // A key that may not know is told nothing, and an old answer is none.
        failed: () => {
          this.devices = new Set();
        },
      },
      REFRESH_MS,
    );
    return () => {
      stop();
      this.devices = new Set();
    };
  }
}
