import type { QuarantineItem } from '../../model/quarantine.ts';
import { fetchItems } from '../api/quarantine.ts';
import { poll } from './poll.ts';

const REFRESH_MS = 60_000;

/** What waits in the quarantine of one device, as far as the key of the reader may know. */
export class DeviceQuarantine {
  /** The newest first; at most a page of them. */
  items: readonly QuarantineItem[] = $state.raw([]);
  /** Whether there are more than that. */
  more: boolean = $state(false);

  /** Asks once a minute until the returned function is called; then nothing is known. */
  follow(device: string): () => void {
    const forget = () => {
      this.items = [];
      this.more = false;
    };
    const stop = poll(
      {
        read: (signal) => fetchItems({ device, state: 'waiting' }, null, signal),
        came: ({ items, next }) => {
          this.items = items;
          this.more = next !== null;
        },
        // A key that may not know is told nothing.
        failed: forget,
      },
      REFRESH_MS,
    );
    return () => {
      stop();
      forget();
    };
  }
}
