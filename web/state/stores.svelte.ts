import { writeWithin } from '../../model/within.ts';
import { Sketch } from '../draw/sketch.svelte.ts';
import { AreaStore } from './areas.svelte.ts';
import { BigCity } from './big-city.svelte.ts';
import { CatalogueStore } from './catalogue.svelte.ts';
import { ChartRange } from './chart-range.svelte.ts';
import { Choropleth } from './choropleth.svelte.ts';
import { Clock } from './clock.svelte.ts';
import { Compare } from './compare.svelte.ts';
import { Connection } from './connection.svelte.ts';
import { DeviceStore } from './devices.svelte.ts';
import { Drawn } from './drawn.svelte.ts';
import type { Figure } from './figure.ts';
import { GroundChoice } from './ground.svelte.ts';
import { Keeping } from './keeping.svelte.ts';
import { KeyFigures } from './key-figures.svelte.ts';
import { Layers } from './layers.svelte.ts';
import { Past } from './past.svelte.ts';
import { PlaceStore } from './places.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import { Quarantined } from './quarantined.svelte.ts';
import { Reading } from './reading.svelte.ts';
import { SavedViews } from './saved-views.svelte.ts';
import { Screen } from './screen.svelte.ts';
import { Session } from './session.svelte.ts';
import { Surface } from './surface.svelte.ts';
import { Time } from './time.svelte.ts';
import { View } from './view.svelte.ts';

/** The stores of a city, one for each concern, each told what it needs of the others. */
export abstract class Stores {
  readonly preferences = new Preferences();
  /** The city that this is another moment of, beside it; null: this is the page's own. */
  abstract readonly main: Stores | null;
  /** The figure that was chosen to colour devices and wards by; null: each kind's headline. */
  abstract readonly chosen: Figure | null;

  readonly clock: Clock = new Clock(() => this.time.moment);
  /** Which moment is shown, and the devices as they were at it. */
  readonly time: Time = new Time({ wall: () => this.clock.wall, timezone: () => this.preferences.timezone });
  readonly past: Past = new Past(this.time, {
    domains: () => this.catalogue.domains.filter(({ id }) => this.view.domain === null || id === this.view.domain),
    present: () => this.devices.all,
    loaded: () => this.reading.done,
    chosen: () => this.chosen,
    filters: () => this.view.filters,
    timezone: () => this.preferences.timezone,
    hides: (metric) => this.session.hides(metric),
    held: (domain) => (this.big.has(domain) ? (this.big.played.get(domain) ?? null) : undefined),
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
  readonly keeping: Keeping = new Keeping({
    catalogue: this.catalogue,
    preferences: this.preferences,
    areas: this.areas,
    devices: this.devices,
    shown: () => (this.view.filters.state === 'active' ? this.domains : []),
    large: (domain) => this.big.has(domain),
    fresh: () => this.reading.fresh,
    withKey: () => this.session.key !== null,
  });
  /** Domains with more devices than the page can hold. */
  readonly big: BigCity = new BigCity({
    shown: () => this.domains,
    question: () => ({
      ...{ filters: this.view.filters, metric: this.view.metric, search: this.view.search },
      within: this.drawn.shape === null ? null : writeWithin(this.drawn.shape),
    }),
    selected: () => this.view.device,
    turn: () => this.session.turn,
    past: () => this.time.mode === 'playback',
    movingIn: (domain) =>
      (this.catalogue.domain(domain)?.kinds ?? []).flatMap(({ id, geometry }) => (geometry === 'moving' ? [id] : [])),
    devices: this.devices,
    came: () => this.reading.cameBig(),
    failed: (error) => this.reading.failedBig(error),
  });
  readonly surface = new Surface();
  readonly drawn = new Drawn();
  readonly sketch = new Sketch();
  readonly places = new PlaceStore();
  readonly savedViews = new SavedViews();
  readonly reading: Reading = new Reading(this);

  /** Ids of the domains that are shown. */
  readonly domains: readonly string[] = $derived(
    this.catalogue.domains.map(({ id }) => id).filter((id) => (this.view.domain ?? id) === id),
  );

  /** Takes over what the address says, after the reader went back or forth in the history. */
  protected readAddress(): void {
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
  }
}
