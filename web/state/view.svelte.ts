import type { CatalogueStore } from './catalogue.svelte.ts';
import {
  type Camera,
  changeUrl,
  type Filters,
  NO_FILTERS,
  type Over,
  readCamera,
  readUrl,
  type Selected,
} from './url.ts';

/** What the page shows, all of it in its address: see `UrlState` for what each field means. */
export class View {
  domain: string | null = $state(null);
  metric: string | null = $state(null);
  over: Over = $state('PT1H');
  perInhabitants: boolean = $state(false);
  search: string = $state('');
  filters: Filters = $state.raw(NO_FILTERS);
  selected: Selected = $state.raw({});

  constructor() {
    this.read();
  }

  /** Takes over what the address says: at the start, and when the reader goes back or forth. */
  read(): void {
    const { domain, metric, over, perInhabitants, search, filters, selected } = readUrl(window.location.search);
    this.domain = domain;
    this.metric = metric;
    this.over = over;
    this.perInhabitants = perInhabitants;
    this.search = search;
    this.filters = filters;
    this.selected = selected;
  }

  /** Drops what the city does not have: a link may be old, or somebody else's city's. */
  settle(catalogue: Pick<CatalogueStore, 'domain' | 'domains'>): void {
    if (this.domain !== null && catalogue.domain(this.domain) === undefined) this.show(null);
    const domains = catalogue.domains.filter(({ id }) => this.domain === null || id === this.domain);
    const metrics = domains.flatMap((domain) => [...domain.metrics, ...domain.derived]);
    if (this.metric !== null && !metrics.some(({ id }) => id === this.metric)) this.colourBy(null);
    const kinds = domains.flatMap((domain) => domain.kinds);
    const { kind } = this.filters;
    if (kind !== null && !kinds.some(({ id }) => id === kind)) this.filter({ kind: null });
  }

  /** The open device's id, null without one. */
  get device(): string | null {
    return this.selected.device ?? null;
  }

  /** The open ward's id, null without one. */
  get area(): string | null {
    return this.selected.area ?? null;
  }

  /** Where the address says that the map looks; MapLibre itself keeps it up to date. */
  get camera(): Camera | null {
    return readCamera(window.location.hash);
  }

  /** Shows a domain, null for all, coloured by a metric of it. A kind is of one domain, so that filter goes. */
  show(domain: string | null, metric: string | null = null): void {
    if (domain !== this.domain) this.filters = { ...this.filters, kind: null };
    this.domain = domain;
    this.metric = metric;
    changeUrl({ domain, metric, filters: this.filters });
  }

  /** Colours devices and wards by a metric; null: by the headline of each kind. */
  colourBy(metric: string | null): void {
    this.metric = metric;
    changeUrl({ metric });
  }

  /** Takes the figures of wards over another span. */
  span(over: Over): void {
    this.over = over;
    changeUrl({ over });
  }

  /** Tells the totals of wards by their inhabitants, or as they are. */
  byInhabitants(perInhabitants: boolean): void {
    this.perInhabitants = perInhabitants;
    changeUrl({ perInhabitants });
  }

  filter(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    changeUrl({ filters: this.filters });
  }

  find(search: string): void {
    this.search = search;
    changeUrl({ search });
  }

  /** Takes every filter off, words and metric too. */
  clear(): void {
    this.filters = NO_FILTERS;
    this.search = '';
    this.metric = null;
    changeUrl({ filters: NO_FILTERS, search: '', metric: null });
  }

  /** Opens a device or a ward and closes what was open; Back undoes it. */
  select(selected: Selected): void {
    if (selected.device === this.selected.device && selected.area === this.selected.area) return;
    this.selected = selected;
    changeUrl({ selected }, 'push');
  }

  /** Opens a device, null closes whatever is open. */
  open(device: string | null): void {
    this.select(device === null ? {} : { device });
  }

  openArea(area: string): void {
    this.select({ area });
  }

  /** Opens a device wherever it is: where another domain is shown, its own takes the place. One step back undoes it all. */
  reach(device: { readonly id: string; readonly domain: string }): void {
    const elsewhere = this.domain !== null && this.domain !== device.domain;
    this.open(device.id);
    // What is found is at work.
    if (this.filters.state !== 'active') this.filter({ state: 'active' });
    if (elsewhere) this.show(device.domain);
  }
}
