import { untrack } from 'svelte';
import { ApiError, fetchDomains, fetchMap, fetchProviders, fetchWards } from '../api/client.ts';
import { AreaStore, type Ward } from './areas.svelte.ts';
import { CatalogueStore } from './catalogue.svelte.ts';
import { firstFigure } from './choices.ts';
import { Choropleth, INHABITANTS, isSum, type WardsAsked } from './choropleth.svelte.ts';
import { Clock } from './clock.svelte.ts';
import { Connection } from './connection.svelte.ts';
import { DeviceStore, type LiveEvent } from './devices.svelte.ts';
import type { Figure } from './figure.ts';
import { type FilterContext, passing } from './filtering.ts';
import { KeyFigures } from './key-figures.svelte.ts';
import { matching } from './listing.ts';
import { type Colouring, type Mark, markOf } from './mark.ts';
import { Newcomers } from './newcomers.ts';
import { poll } from './poll.ts';
import { Preferences } from './preferences.svelte.ts';
import type { Scale } from './scale.ts';
import { scalesOf } from './scales.ts';
import { Session } from './session.svelte.ts';
import { spanFor } from './span.ts';
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
  readonly clock = new Clock();
  readonly view = new View();
  readonly devices = new DeviceStore();
  readonly catalogue = new CatalogueStore(() => this.devices.all);
  readonly areas = new AreaStore();
  readonly session = new Session();
  readonly figures = new KeyFigures();
  readonly connection = new Connection();
  readonly choropleth = new Choropleth();
  /** Whether the last reading of the city failed; it is tried again. */
  failed = $state(false);
  /** Whether the devices of what is shown have been read, be they none. */
  loaded = $state(false);
  /** Whether the city shows nothing without a key. */
  locked = $state(false);
  #turn = 0;

  readonly #slowNow = $derived(Math.ceil(this.clock.now / CONDITION_MS) * CONDITION_MS);
  /** The figure that was chosen to colour devices and wards by, null for the headline of each kind. */
  readonly chosen: Figure | null = $derived(
    this.view.metric === null ? null : (this.catalogue.figure(this.view.metric) ?? null),
  );
  // Classes that followed every value would make the colours of all others flicker.
  readonly #scaleTurn = $derived(Math.floor(this.clock.now / SCALE_MS));
  readonly #reporting = $derived(this.devices.all.filter(({ latest }) => Object.keys(latest).length > 0).length);
  /** Scales of the figures that have no bands of their own, of what is shown. */
  readonly scales: ReadonlyMap<string, Scale> = $derived.by(() => {
    void [this.#scaleTurn, this.#reporting];
    const asked = { domain: this.view.domain, chosen: this.chosen };
    return untrack(() => scalesOf(this.devices.all, this.catalogue, asked));
  });
  readonly #colouring: Colouring = $derived({
    chosen: this.chosen,
    scales: this.scales,
    hides: (metric: string) => this.session.hides(metric),
  });
  /** What the wards are coloured by; null before the catalogue has come. */
  readonly wardsAsked: WardsAsked | null = $derived.by(() => {
    const { domain, filters, over, perInhabitants } = this.view;
    const figure = this.chosen ?? firstFigure(this.catalogue, domain);
    if (figure === undefined) return null;
    const per = perInhabitants && isSum(figure) ? INHABITANTS : null;
    return { figure, domain, filters, over: spanFor(figure, over), per, timezone: this.preferences.timezone };
  });
  /** What filters are judged by. */
  readonly context: FilterContext = $derived({ now: this.#slowNow, areas: this.areas });
  /** Every device of the domain that is shown; with a metric chosen, those that report it. */
  readonly marks: readonly Mark[] = $derived(
    this.devices.all
      .map((device) => markOf(device, this.catalogue, this.#slowNow, this.#colouring))
      .filter(({ answers }) => answers),
  );
  /** Those whose name, kind or id has the words that are looked for. */
  readonly named: readonly Mark[] = $derived(this.marks.filter(matching(this.view.search, this.catalogue)));
  /** What list and map show: whatever passes the words and the filters. */
  readonly shown: readonly Mark[] = $derived(this.named.filter(passing(this.view.filters, this.context)));
  /** The device that is open, be it shown or not. */
  readonly selected: Mark | undefined = $derived.by(() => {
    const device = this.view.device === null ? undefined : this.devices.get(this.view.device);
    return device && markOf(device, this.catalogue, this.#slowNow, this.#colouring);
  });
  /** The ward that is open. */
  readonly ward: Ward | undefined = $derived(this.view.area === null ? undefined : this.areas.get(this.view.area));
  readonly simulated: boolean = $derived(this.shown.some(({ device }) => device.simulated));

  /** Reads what hardly changes, again and again until it comes or the returned function is called. */
  start(): () => void {
    const stopped = new AbortController();
    const stopClock = this.clock.start();
    const stopTheme = this.preferences.followSystem();
    const back = () => {
      this.view.read();
      this.preferences.stamp();
    };
    window.addEventListener('popstate', back);
    const stopSession = this.#watchSession();
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
    const read = (domains: readonly string[]) =>
      this.#untilRead(async () => {
        const [providers] = await Promise.all([
          fetchProviders(stopped.signal),
          ...domains.map(async (id) => this.devices.load(id, await fetchMap(id, stopped.signal))),
        ]);
        this.catalogue.providers = providers;
        this.loaded = true;
      }, stopped.signal);
    const apply = (events: readonly LiveEvent[]) => this.devices.apply(events);
    const newcomers = new Newcomers({ ready: read(wanted), read, apply });
    let first = true;
    const close = this.connection.open(domain, {
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
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
