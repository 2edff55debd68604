import type { Provider } from '../../model/device.ts';
import type { QuarantineItem } from '../../model/quarantine.ts';
import { ApiError, fetchDomains, fetchProviders } from '../api/client.ts';
import { fetchItem, fetchItems, fetchOverview } from '../api/quarantine.ts';
import type { QuarantineOverview } from '../api/shapes.ts';
import { Clock } from '../state/clock.svelte.ts';
import { Preferences } from '../state/preferences.svelte.ts';
import { Session } from '../state/session.svelte.ts';
import { askedOf, type Filters, NO_FILTERS, readFilters, writeFilters } from './filters.ts';

const RETRY_MS = 3_000;

/** How the page stands: `closed` to this reader, who has no key or one that may not read it. */
export type Standing = 'loading' | 'ready' | 'closed' | 'failed';

/** What the page of the quarantine shows, and what is open of it. */
export class Quarantine {
  readonly preferences = new Preferences();
  readonly session = new Session();
  readonly clock = new Clock();
  standing: Standing = $state('loading');
  filters: Filters = $state.raw(readFilters(window.location.search));
  items: readonly QuarantineItem[] = $state.raw([]);
  /** The cursor behind the items, null at the end. */
  next: string | null = $state(null);
  loadingMore = $state(false);
  overview: QuarantineOverview | null = $state.raw(null);
  providers: readonly Provider[] = $state.raw([]);
  /** The item that is open, with the whole message once it has come. */
  open: QuarantineItem | null = $state.raw(null);
  readonly narrowed: boolean = $derived(Object.values(this.filters).some((value) => value !== null));
  #reading = new AbortController();

  /** Follows clock, theme and address until the returned function is called. */
  start(): () => void {
    const stops = [this.clock.start(), this.preferences.followSystem()];
    const back = () => {
      this.filters = readFilters(window.location.search);
      this.preferences.stamp();
      void this.load();
    };
    window.addEventListener('popstate', back);
    void this.load();
    return () => {
      this.#reading.abort();
      window.removeEventListener('popstate', back);
      for (const stop of stops) stop();
    };
  }

  /** Reads everything anew, again and again until it comes, is refused, or is asked for anew. */
  async load(): Promise<void> {
    this.#reading.abort();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    for (this.standing = this.standing === 'ready' ? 'ready' : 'loading'; !signal.aborted; ) {
      try {
        await this.#read(signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
          this.standing = 'closed';
          return;
        }
        this.standing = 'failed';
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const [{ timezone }] = await Promise.all([fetchDomains(signal), this.session.read(signal)]);
    this.preferences.timezone = timezone;
    const { list, counts } = askedOf(this.filters, Date.now());
    const [page, overview, providers] = await Promise.all([
      fetchItems(list, null, signal),
      fetchOverview(counts, signal),
      fetchProviders(signal),
    ]);
    if (signal.aborted) return;
    this.items = page.items;
    this.next = page.next;
    this.#asked = list;
    this.overview = overview;
    this.providers = providers;
    this.standing = 'ready';
  }
  /** What the items were asked with: a cursor is good for that only. */
  #asked: Readonly<Record<string, string>> = {};

  /** Reads the next page of items. */
  async more(): Promise<void> {
    if (this.next === null || this.loadingMore) return;
    const { signal } = this.#reading;
    this.loadingMore = true;
    try {
      const page = await fetchItems(this.#asked, this.next, signal);
      this.items = [...this.items, ...page.items];
      this.next = page.next;
    } catch {
      // It can be asked for again.
    } finally {
      this.loadingMore = false;
    }
  }

  /** Narrows what is shown; Back undoes it. */
  filter(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    const { pathname, search } = window.location;
    window.history.pushState(null, '', `${pathname}${writeFilters(search, this.filters)}`);
    this.open = null;
    void this.load();
  }

  clear(): void {
    this.filter(NO_FILTERS);
  }

  /** Opens an item, at once with what the list knows of it and then with the whole message; null closes. */
  async show(item: QuarantineItem | null): Promise<void> {
    this.open = item;
    if (item === null) return;
    try {
      const whole = await fetchItem(item.id);
      if (this.open?.id === item.id) this.open = whole;
    } catch {
      // What the list knows stays.
    }
  }

  /** The name of a provider, its id until the name is known. */
  provider(id: string): string {
    return this.providers.find((provider) => provider.id === id)?.name ?? id;
  }
}
