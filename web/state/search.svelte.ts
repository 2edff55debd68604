import { searchDevices } from '../api/client.ts';
import type { DeviceHit } from '../api/shapes.ts';
import type { City } from './city.svelte.ts';
import { Recent } from './recent.svelte.ts';
import { type Hit, MOST_DEVICES, search } from './search.ts';

/** Who types goes on typing: the city is asked after so long without another letter. */
const QUIET_MS = 150;

/** Searching from the page's header: the rows and wards at hand, and the devices of every domain by the API. */
export class Search {
  readonly #city: City;
  /** What was gone to before. */
  readonly recent = new Recent();
  words = $state('');
  #far: readonly DeviceHit[] = $state.raw([]);
  /** Whether the city has yet to answer for these words. */
  pending = $state(false);

  readonly hits: readonly Hit[] = $derived.by(() => {
    if (this.words.trim() === '') return [];
    const { catalogue, areas, devices, places } = this.#city;
    const near = devices.all;
    const known = new Set(near.map(({ id }) => id));
    return search(this.words, {
      catalogue,
      wards: areas.wards,
      devices: [...near, ...this.#far.filter(({ id }) => !known.has(id))],
      places: places.all,
    });
  });

  constructor(city: City) {
    this.#city = city;
  }

  /** Asks for devices with these words until the returned function is called. */
  ask(words: string): () => void {
    const stopped = new AbortController();
    this.pending = words.trim() !== '';
    const timer = setTimeout(() => {
      if (words.trim() === '') {
        this.#far = [];
        return;
      }
      searchDevices(words.trim(), MOST_DEVICES, stopped.signal).then(
        (found) => {
          this.#far = found;
          this.pending = false;
        },
        () => {
          // What is at hand still shows; the page says elsewhere that the city is away.
          if (!stopped.signal.aborted) this.pending = false;
        },
      );
    }, QUIET_MS);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }

  /** Goes to what was found. */
  choose(hit: Hit): void {
    const { view, places, surface } = this.#city;
    const { type, id, domain } = hit;
    this.words = '';
    this.recent.add(hit);
    if (type === 'place') {
      // A place is on the map and in no table.
      surface.show('map');
      places.goTo(id);
    } else if (type === 'area') view.openArea(id);
    else if (type === 'device' && domain !== null) view.reach({ id, domain });
    else if (type === 'metric') view.show(domain, id);
    else view.show(domain);
    if (type === 'kind') view.filter({ kind: id });
  }
}
