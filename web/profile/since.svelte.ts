import { fetchVolume } from '../api/playback.ts';
import type { Simulated } from '../state/url.ts';

const DAY_MS = 86_400_000;
/** Days that are looked through: the week before, and the day that a figure of it may cover. */
const DAYS = 8;

/** Since when a young city has figures: what there is to say where nothing can be compared with the week before. */
export class Since {
  /** The day's beginning, ms since the epoch; null where it is not known, or lies before what was looked through. */
  day: number | null = $state(null);

  /** Looks it up by one of the city's domains, up to `to` (ms); the returned function lets go of it. */
  follow(domain: string, simulated: Simulated, to: number): () => void {
    const stopped = new AbortController();
    const filters = { kind: null, provider: null, ward: null, simulated };
    fetchVolume({ domain, from: to - DAYS * DAY_MS, to, step: 'P1D', filters }, stopped.signal).then(
      ({ items }) => {
        const first = items.findIndex(({ observations }) => observations > 0);
        if (!stopped.signal.aborted) this.day = first > 0 ? Date.parse(items[first]?.time ?? '') : null;
      },
      // It is said without the day.
      () => {},
    );
    return () => stopped.abort();
  }
}
