import { untrack } from 'svelte';
import type { Within } from '../../model/within.ts';
import type { MapSummary } from '../api/shapes.ts';
import type { Ward } from './areas.svelte.ts';
import { valuesIn } from './big-counts.ts';
import { firstFigure } from './choices.ts';
import { INHABITANTS, isSum, type WardsAsked } from './choropleth.svelte.ts';
import type { LiveDevice } from './device.ts';
import { DRAWN } from './drawn.svelte.ts';
import { type Standing, standingOf } from './facets.ts';
import type { Figure } from './figure.ts';
import { type FilterContext, passing } from './filtering.ts';
import { matching } from './listing.ts';
import { type Colouring, type Mark, markOf } from './mark.ts';
import { Marks } from './marks.ts';
import type { Scale } from './scale.ts';
import { scalesOf } from './scales.ts';
import { spanFor } from './span.ts';
import { Stores } from './stores.svelte.ts';
import type { Rows } from './surface.svelte.ts';

/** Ages tick every second; who has fallen silent is looked at less often. */
const CONDITION_MS = 5_000;
/** How often a scale is made anew of the values that are shown. */
const SCALE_MS = 60_000;

/** The city that the page shows: what follows from several of its stores together. */
export class City extends Stores {
  readonly main: City | null;
  readonly #marks = new Marks();

  readonly #slowNow = $derived(Math.ceil(this.clock.now / CONDITION_MS) * CONDITION_MS);
  /** The figure that was chosen to colour devices and wards by, null for the headline of each kind. */
  readonly chosen: Figure | null = $derived(
    this.view.metric === null ? null : (this.catalogue.figure(this.view.metric) ?? null),
  );
  // Classes that followed every value would make the colours of all others flicker.
  readonly #scaleTurn = $derived(Math.floor(this.clock.wall / SCALE_MS));
  readonly #reporting = $derived(this.past.sample.filter(({ latest }) => Object.keys(latest).length > 0).length);
  /** What is in view of large domains, as the city counts it; none while another moment is shown. */
  readonly views: ReadonlyMap<string, MapSummary> = $derived(
    this.time.mode === 'playback' ? new Map() : this.big.summaries,
  );
  // Which figures they tell values of: another question has others.
  readonly #told = $derived([...valuesIn(this.views.values()).keys()].join());
  /** Scales of the figures that have no bands of their own, of what is shown. */
  readonly scales: ReadonlyMap<string, Scale> = $derived.by(() => {
    // Two moments side by side are told apart by colour: it must mean the same.
    if (this.main !== null) return this.main.scales;
    void [this.#scaleTurn, this.#reporting, this.#told];
    const asked = { domain: this.view.domain, chosen: this.chosen };
    return untrack(() => {
      const views = this.views;
      const sample = this.past.sample.filter(({ domain }) => !views.has(domain));
      return scalesOf(sample, this.catalogue, asked, valuesIn(views.values()));
    });
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
    this.big.domains.length === 0 || this.time.mode === 'playback'
      ? this.shown
      : this.shown.filter(
          ({ device, moving }) =>
            !this.big.has(device.domain) ||
            device.id === this.view.device ||
            (moving && this.big.moving.includes(device.domain)),
        ),
  );
  /** What of it the page has counted itself: of large domains it holds but the first. */
  readonly held: readonly Mark[] = $derived(this.heldOf(this.shown));
  /** How many devices are shown, how they do, and of how many: of large domains what is in view, though few are held. */
  readonly counted: Standing & { readonly all: number } = $derived({
    ...standingOf(this.shown, this.views),
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
  /** Whether a panel is open beside the map. */
  get panelOpen(): boolean {
    return this.selected !== undefined || this.ward !== undefined || this.drawnOpen !== null;
  }

  /** Whether there may be devices of which nothing was kept for a page without a network. */
  get noneKept(): boolean {
    return this.keeping.at !== null && this.keeping.counts.size > 0;
  }

  readonly simulated: boolean = $derived(this.counted.simulated > 0);

  /** `main`: the page's own city, beside which this one shows another moment; all but time is shared with it. */
  constructor(main: City | null = null) {
    super();
    this.main = main;
    const { time, past, clock, choropleth, hexes } = this;
    if (main === null) time.read();
    else Object.assign(this, main, { main, time, past, clock, choropleth, hexes });
  }

  /** Those of the marks whose domains are at hand whole. */
  heldOf(marks: readonly Mark[]): readonly Mark[] {
    return this.views.size === 0 ? marks : marks.filter(({ device }) => !this.views.has(device.domain));
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

  /** Reads what hardly changes, and lets ages grow, until the returned function is called. */
  start(): () => void {
    const back = () => this.readAddress();
    window.addEventListener('popstate', back);
    const stops = [
      this.clock.start(),
      this.preferences.followSystem(),
      this.keeping.start(),
      this.ground.start(),
      this.reading.start(),
      this.big.watchTotals(),
    ];
    return () => {
      for (const stop of stops) stop();
      window.removeEventListener('popstate', back);
    };
  }
}
