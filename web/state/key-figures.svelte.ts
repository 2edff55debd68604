import { fetchCity } from '../api/figures.ts';
import type { CityFigure, CityView } from '../api/shapes.ts';
import { poll } from './poll.ts';
import type { Simulated } from './url.ts';

const REFRESH_MS = 15_000;
/** After three refreshes that did not come the figures are of the past, and it must be said. */
const STALE_MS = 3 * REFRESH_MS;

/** A key figure with the domain it belongs to. */
export interface HeaderFigure extends CityFigure {
  readonly domain: string;
}

/** The key figures of the page's header: the last ones stay until better ones come, so that nothing flickers. */
export class KeyFigures {
  view: CityView | null = $state.raw(null);
  /** When they were read, ms since the epoch. */
  read: number | null = $state(null);
  /** Whether they have been asked for and an answer came, be it that there is none. */
  answered: boolean = $state(false);

  /** Reads them again and again until the returned function is called. */
  follow(simulated: Simulated): () => void {
    return poll(
      {
        read: (signal) => fetchCity(simulated, signal),
        came: (view) => {
          this.view = view;
          this.read = Date.now();
          this.answered = true;
        },
        failed: () => {
          this.answered = true;
        },
      },
      REFRESH_MS,
    );
  }

  /** Whether they have not been refreshed for too long at `now`. */
  stale(now: number): boolean {
    return this.read !== null && now - this.read > STALE_MS;
  }

  /** Those of a domain; for all domains (null) the first of each. */
  of(domain: string | null): readonly HeaderFigure[] {
    const all = this.view?.domains ?? [];
    const wanted = domain === null ? all : all.filter((each) => each.domain === domain);
    return wanted.flatMap(({ domain: id, figures }) =>
      (domain === null ? figures.slice(0, 1) : figures).map((figure) => ({ ...figure, domain: id })),
    );
  }
}
