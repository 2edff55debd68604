import { fetchMap } from '../api/client.ts';
import { deviceOf, type LiveDevice } from './device.ts';

const RETRY_MS = 3_000;

/** Devices that are in use no more, for whoever looks at a time when they were. */
export class Retired {
  devices: readonly LiveDevice[] = $state.raw([]);

  /** Reads those of these domains that were in use after `from` (ms), until the returned function is called. */
  follow(domains: readonly string[], from: number): () => void {
    const stopped = new AbortController();
    this.devices = [];
    void this.#read(domains, from, stopped.signal);
    return () => {
      stopped.abort();
      this.devices = [];
    };
  }

  async #read(domains: readonly string[], from: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const maps = await Promise.all(
          domains.map(async (domain) =>
            (await fetchMap(domain, 'retired', signal)).features.map((feature) => deviceOf(domain, feature)),
          ),
        );
        if (!signal.aborted) this.devices = maps.flat().filter(({ retired }) => retired !== null && retired > from);
        return;
      } catch {
        // Who is in use still is shown meanwhile, and whether the city answers is said elsewhere.
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
