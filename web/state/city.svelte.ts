import { untrack } from 'svelte';
import { type Within, writeWithin } from '../../model/within.ts';
import { fetchMapTotals } from '../api/big-map.ts';
import { ApiError, fetchDomains, fetchMap, fetchProviders, fetchWards, type StreamQuery } from '../api/client.ts';
import { Sketch } from '../draw/sketch.svelte.ts';
import { AreaStore, type Ward } from './areas.svelte.ts';
import { BigCity } from './big-city.svelte.ts';
import { CatalogueStore } from './catalogue.svelte.ts';
import { ChartRange } from './chart-range.svelte.ts';
import { firstFigure } from './choices.ts';
import { Choropleth, INHABITANTS, isSum, type WardsAsked } from './choropleth.svelte.ts';
import { Clock } from './clock.svelte.ts';
import { Compare } from './compare.svelte.ts';
import { Connection } from './connection.svelte.ts';
import type { LiveDevice } from './device.ts';
import { DeviceStore, type LiveEvent } from './devices.svelte.ts';
import { DRAWN, Drawn } from './drawn.svelte.ts';
import { type Standing, standingOf } from './facets.ts';
import type { Figure } from './figure.ts';
import { type FilterContext, passing } from './filtering.ts';
import { GroundChoice } from './ground.svelte.ts';
import { Keeping } from './keeping.svelte.ts';
import { KeyFigures } from './key-figures.svelte.ts';
import { Layers } from './layers.svelte.ts';
import { matching } from './listing.ts';
import { type Colouring, type Mark, markOf } from './mark.ts';
import { Marks } from './marks.ts';
import { Newcomers } from './newcomers.ts';
import { Past } from './past.svelte.ts';
import { PlaceStore } from './places.svelte.ts';
import { poll } from './poll.ts';
import { Preferences } from './preferences.svelte.ts';
import { Quarantined } from './quarantined.svelte.ts';
import { SavedViews } from './saved-views.svelte.ts';
import type { Scale } from './scale.ts';
import { scalesOf } from './scales.ts';
import { Screen } from './screen.svelte.ts';
import { Session } from './session.svelte.ts';
import { spanFor } from './span.ts';
import { type Rows, Surface } from './surface.svelte.ts';
import { Time } from './time.svelte.ts';
import { View } from './view.svelte.ts';

const RETRY_MS = 3_000;
/** Ages tick every second; who has fallen silent is looked at less often. */
const CONDITION_MS = 5_000;
/** How often it is asked whether the key still holds: nothing else tells that its hours are over. */
const SESSION_MS = 60_000;
/** How often a scale is made anew of the values that are shown. */
const SCALE_MS = 60_000;

/** Composes the stores: one for each concern, and what follows from several of them. */
export class City {
  readonly preferences = new Preferences();
  /** The city that this is another moment of, beside it; null: this is the page's own. */
  readonly main: City | null;
  readonly clock: Clock = new Clock(() => this.time.moment);
  /** Which moment is shown, and the devices as they were at it. */
  readonly time: Time = new Time({ wall: () => this.clock.wall, timezone: () => this.preferences.timezone });
  readonly past: Past = new Past(this.time, {
    domains: () => this.catalogue.domains.filter(({ id }) => this.view.domain === null || id === this.view.domain),
    present: () => this.devices.all,
    loaded: () => this.#hasRead,
    chosen: () => this.chosen,
    filters: () => this.view.filters,
    timezone: () => this.preferences.timezone,
    hides: (metric) => this.session.hides(metric),
    moves: ({ domain, kind }) => this.catalogue.kind(domain, kind)?.geometry === 'moving',
  });
  /** The range of time that charts show: until the present, or around the moment that is played. */
  readonly charts: ChartRange = new ChartRange({
    wall: () => (this.time.mode === 'paused' ? this.clock.now : this.clock.wall),
    moment: () => (this.time.mode === 'playback' ? this.time.moment : null),
  });
  /** What is compared. */
  readonly compare = new Compare();
  readonly view = new View();
  readonly devices = new DeviceStore();
  readonly catalogue = new CatalogueStore(() => this.devices.all);
  readonly areas = new AreaStore();
  readonly session = new Session();
  readonly figures = new KeyFigures();
  readonly connection = new Connection();
  readonly choropleth: Choropleth = new Choropleth(() => this.main?.choropleth);
  readonly hexes: Choropleth = new Choropleth(() => this.main?.hexes);
  readonly layers = new Layers();
  readonly quarantined = new Quarantined();
  readonly screen = new Screen();
  readonly ground = new GroundChoice();
  /** The last state, for a page that opens without a network. */
  readonly keeping = new Keeping({
    catalogue: this.catalogue,
    preferences: this.preferences,
    areas: this.areas,
    devices: this.devices,
    // Of a large domain the page holds what is in view: that is no state of the city.
    shown: () => this.#domains.filter((id) => !this.big.has(id)),
    fresh: () => this.#read && this.connection.state === 'live' && this.#turn === this.session.turn,
    withKey: () => this.session.key !== null,
  });
  /** Domains with more devices than the page can hold. */
  readonly big: BigCity = new BigCity({
    shown: () => this.#domains,
    question: () => ({
      ...{ filters: this.view.filters, metric: this.view.metric, search: this.view.search },
      within: this.drawn.shape === null ? null : writeWithin(this.drawn.shape),
    }),
    selected: () => this.view.device,
    turn: () => this.session.turn,
    devices: this.devices,
    came: () => this.#cameBig(),
    failed: (error) => this.#failedBig(error),
  });
  readonly surface = new Surface();
  readonly drawn = new Drawn();
  readonly sketch = new Sketch();
  readonly places = new PlaceStore();
  readonly savedViews = new SavedViews();
  /** Whether the last reading of the city failed; it is tried again. */
  failed = $state(false);
  /** Whether the devices at hand have been read. */
  #read = $state(false);
  /** Ids of the domains that are shown. */
  readonly #domains: readonly string[] = $derived(
    this.catalogue.domains.map(({ id }) => id).filter((id) => (this.view.domain ?? id) === id),
  );
  /** Whether the city shows nothing without a key. */
  locked = $state(false);
  #turn = 0;
  readonly #marks = new Marks();

  readonly #slowNow = $derived(Math.ceil(this.clock.now / CONDITION_MS) * CONDITION_MS);
  /** The figure that was chosen to colour devices and wards by, null for the headline of each kind. */
  readonly chosen: Figure | null = $derived(
    this.view.metric === null ? null : (this.catalogue.figure(this.view.metric) ?? null),
  );
  // Classes that followed every value would make the colours of all others flicker.
  readonly #scaleTurn = $derived(Math.floor(this.clock.wall / SCALE_MS));
  readonly #reporting = $derived(this.past.sample.filter(({ latest }) => Object.keys(latest).length > 0).length);
  /** Scales of the figures that have no bands of their own, of what is shown. */
  readonly scales: ReadonlyMap<string, Scale> = $derived.by(() => {
    // Two moments side by side are told apart by colour: it must mean the same.
    if (this.main !== null) return this.main.scales;
    void [this.#scaleTurn, this.#reporting];
    const asked = { domain: this.view.domain, chosen: this.chosen };
    return untrack(() => scalesOf(this.past.sample, this.catalogue, asked));
  });
  /** How devices are coloured. */
  readonly colouring: Colouring = $derived({
    chosen: this.chosen,
    scales: this.scales,
    hides: (metric: string) => this.session.hides(metric),
    quarantined: (device: string) => this.quarantined.devices.has(device),
  });
  /** What the wards are coloured by; null before the catalogue has come. */
  readonly wardsAsked: WardsAsked | null = $derived.by(() => {
    const { domain, filters, over, perInhabitants } = this.view;
    const figure = this.chosen ?? firstFigure(this.catalogue, domain);
    if (figure === undefined) return null;
    const within = this.drawn.text;
    // Of a ward that is cut by a drawn area nobody knows how many live within.
    const per = perInhabitants && within === null && isSum(figure) ? INHABITANTS : null;
    const { timezone } = this.preferences;
    const at = this.time.moment;
    return { figure, domain, filters, within, over: spanFor(figure, over), per, timezone, resolution: null, at };
  });
  /** What the H3 cells are coloured by: the same, never by inhabitants, for nobody counted those of a cell. */
  readonly hexesAsked: WardsAsked | null = $derived(
    this.wardsAsked && { ...this.wardsAsked, per: null, resolution: this.layers.resolution },
  );
  /** What filters are judged by. */
  readonly context: FilterContext = $derived({
    now: this.#slowNow,
    areas: this.areas,
    drawn: this.drawn.contains,
  });
  /** The devices at the moment that is shown. */
  readonly displayed: readonly LiveDevice[] = $derived(this.past.devices);
  /** Every device of the domain that is shown; with a metric chosen, those that report it. */
  readonly marks: readonly Mark[] = $derived(
    this.#marks.of(this.displayed, this.catalogue, this.#slowNow, this.colouring),
  );
  /** Those whose name, kind or id has the words that are looked for. */
  readonly named: readonly Mark[] = $derived(this.marks.filter(matching(this.view.search, this.catalogue)));
  /** What list and map show: whatever passes the words and the filters. */
  readonly shown: readonly Mark[] = $derived(this.named.filter(passing(this.view.filters, this.context)));
  /** What of it the map draws one by one: of large domains there are tiles. */
  readonly onMap: readonly Mark[] = $derived(
    this.big.domains.length === 0
      ? this.shown
      : this.shown.filter(({ device }) => !this.big.has(device.domain) || device.id === this.view.device),
  );
  /** How many devices are shown, how they do, and of how many: of large domains what is in view, though few are held. */
  readonly counted: Standing & { readonly all: number } = $derived({
    ...standingOf(this.shown, this.big.summaries),
    all: this.devices.all.filter(({ domain }) => !this.big.has(domain)).length + this.big.registered,
  });
  /** The device that is open, be it shown or not. */
  readonly selected: Mark | undefined = $derived.by(() => {
    const { device: id } = this.view;
    const device = id === null ? undefined : this.displayed.find((each) => each.id === id);
    return device && markOf(device, this.catalogue, this.#slowNow, this.colouring);
  });
  /** The ward that is open. */
  readonly ward: Ward | undefined = $derived(this.view.area === null ? undefined : this.areas.get(this.view.area));
  /** The drawn area, while its panel is open. */
  readonly drawnOpen: Within | null = $derived(this.view.area === DRAWN ? this.drawn.shape : null);
  /** What the table lists: what was asked for, else what the map would show. */
  readonly tableRows: Rows = $derived(
    this.surface.rows ?? (this.layers.has('wards') && !this.layers.marks ? 'wards' : 'devices'),
  );
  readonly simulated: boolean = $derived(this.shown.some(({ device }) => device.simulated));

  /** `main`: the page's own city, beside which this one shows another moment; all but time is shared with it. */
  constructor(main: City | null = null) {
    this.main = main;
    const { time, past, clock, choropleth, hexes } = this;
    if (main === null) time.read();
    else Object.assign(this, main, { main, time, past, clock, choropleth, hexes });
  }

  /** Takes every filter off, words, metric and the drawn area too. */
  clear(): void {
    this.view.clear();
    this.drawn.set(null);
  }

  /** Whether what is shown has been read, be it nothing. */
  get loaded(): boolean {
    return this.past.ready;
  }

  set loaded(read: boolean) {
    this.#read = read;
  }

  get #hasRead(): boolean {
    return this.main === null ? this.#read : this.main.#hasRead;
  }

  /** Reads what hardly changes, again and again until it comes or the returned function is called. */
  start(): () => void {
    const stopped = new AbortController();
    const stopClock = this.clock.start();
    const stopTheme = this.preferences.followSystem();
    const back = () => {
      this.view.read();
      this.time.read();
      this.layers.read();
      this.surface.read();
      this.drawn.read();
      this.places.read();
      this.charts.read();
      this.compare.read();
      this.ground.read();
      this.preferences.stamp();
    };
    window.addEventListener('popstate', back);
    const stopSession = this.#watchSession();
    const stopKeeping = this.keeping.start();
    const stopGround = this.ground.start();
    void this.#untilRead(async () => {
      const [{ domains, timezone }] = await Promise.all([
        fetchDomains(stopped.signal),
        this.session.read(stopped.signal),
      ]);
      this.catalogue.domains = domains;
      this.preferences.timezone = timezone;
      this.view.settle(this.catalogue);
    }, stopped.signal);
    void this.#untilRead(async () => this.areas.load(await fetchWards(stopped.signal)), stopped.signal);
    return () => {
      stopped.abort();
      stopClock();
      stopTheme();
      stopSession();
      stopKeeping();
      stopGround();
      window.removeEventListener('popstate', back);
    };
  }

  /** Shows a domain (null: all) and follows it live until the returned function is called. */
  follow(domain: string | null): () => void {
    const wanted = domain === null ? this.catalogue.domains.map(({ id }) => id) : [domain];
    const stopped = new AbortController();
    if (this.#turn !== this.session.turn) this.devices.clear();
    this.#turn = this.session.turn;
    this.devices.keep(wanted);
    // Nothing is known of what is shown now: that is not the same as there being nothing.
    if (this.devices.all.length === 0) this.loaded = false;
    // Another domain is held still from now on: what it was before has not been kept.
    if (this.time.mode === 'paused') this.time.pause();
    const counted = this.#untilRead(async () => this.big.count(await fetchMapTotals(stopped.signal)), stopped.signal);
    const small = (domains: readonly string[]) => domains.filter((id) => !this.big.has(id));
    const read = async (domains: readonly string[]) => {
      await counted;
      await this.#untilRead(async () => {
        const held = small(domains);
        const [providers] = await Promise.all([
          fetchProviders(stopped.signal),
          ...held.map(async (id) => this.devices.load(id, await fetchMap(id, stopped.signal))),
        ]);
        this.catalogue.providers = providers;
        this.keeping.at = null;
        if (small(wanted).length > 0) this.loaded = true;
      }, stopped.signal);
    };
    // Large domains tell of what is in view by themselves.
    const query = counted.then((): StreamQuery | null => {
      const held = small(wanted);
      if (held.length === 0) return null;
      return domain === null && held.length === wanted.length ? {} : { domains: held };
    });
    const apply = (events: readonly LiveEvent[]) => this.devices.apply(events);
    const newcomers = new Newcomers({ ready: read(wanted), read, apply });
    let first = true;
    const close = this.connection.open(query, {
      apply: (events) => newcomers.add(apply(events)),
      opened: () => {
        if (!first) {
          void read(wanted);
          // A key that is revoked ends its streams.
          this.session.refresh(stopped.signal).catch(() => {});
        }
        first = false;
      },
    });
    return () => {
      stopped.abort();
      newcomers.stop();
      close();
    };
  }

  /** Whether the key still holds, again and again until the returned function is called. */
  #watchSession(): () => void {
    const silent = () => {};
    return poll({ read: (signal) => this.session.refresh(signal), came: silent, failed: silent }, SESSION_MS);
  }

  #cameBig(): void {
    this.failed = false;
    this.locked = false;
    this.keeping.at = null;
    if (this.#domains.some((id) => !this.big.has(id))) return;
    this.loaded = true;
    this.connection.state = 'live';
  }

  #failedBig(error: unknown): void {
    this.locked = error instanceof ApiError && error.status === 401;
    this.failed = !this.locked;
    if (this.#domains.every((id) => this.big.has(id))) this.connection.state = 'offline';
  }

  async #untilRead(read: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await read();
        this.failed = false;
        this.locked = false;
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.locked = error instanceof ApiError && error.status === 401;
        this.failed = !this.locked;
        // Where nobody reads without a key, nothing that was once open stays here.
        if (this.locked) await this.keeping.forget();
        else if (await this.keeping.restore()) this.loaded = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
