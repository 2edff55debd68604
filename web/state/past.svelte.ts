import { untrack } from 'svelte';
import type { Domain } from '../../model/domain.ts';
import type { SteadyFilters } from '../api/playback.ts';
import type { Box } from '../map/box.ts';
import type { Driver } from '../map/driven.ts';
import type { LiveDevice } from './device.ts';
import { type Figure, sourcesOf } from './figure.ts';
import { Playback, type PlaybackAsked, type PlayedDomain } from './playback.svelte.ts';
import { Retired } from './retired.svelte.ts';
import type { Time } from './time.svelte.ts';
import { type Filters, NO_FILTERS } from './url.ts';

/** What the past is made of. */
export interface PastSources {
  /** The domains that are shown. */
  domains(): readonly Domain[];
  /** The devices at hand, as they are now, and whether they have been read. */
  present(): readonly LiveDevice[];
  loaded(): boolean;
  chosen(): Figure | null;
  filters(): Filters;
  timezone(): string;
  hides(metric: string): boolean;
  moves(device: LiveDevice): boolean;
  /** Of a domain that is too large to hold what the page holds of it: a box of the map, or null for too little; undefined of any other. */
  held(domain: string): Box | null | undefined;
}

/** With more devices the API is asked for those that pass the filters only. */
const MANY = 2_000;
/** Up to so many cells of a film of 300 moments every metric is read; beyond, those that colour the map. */
const CELLS = 2_000_000;
const FILM = 300;
/** What was told so long before a range is not looked for, ms. */
const [SHORTEST_MS, LONGEST_MS] = [15 * 60_000, 7 * 86_400_000];
const MISSED = 3;
/** Moments of a range that its classes are made of, so that a colour means the same all along. */
const SAMPLES = 12;

/** The devices at the moment that is shown: held still, or as they were. */
export class Past {
  readonly #time: Time;
  readonly #sources: PastSources;
  readonly playback = new Playback();
  readonly #retired = new Retired();
  readonly #kind = $derived.by(() => this.#sources.filters().kind);
  readonly #provider = $derived.by(() => this.#sources.filters().provider);
  readonly #ward = $derived.by(() => this.#sources.filters().ward);
  readonly #simulated = $derived.by(() => this.#sources.filters().simulated);
  readonly #playing = $derived.by(() => this.#time.mode === 'playback');

  /** What is to be read; null while no stored range is shown. */
  readonly asked: PlaybackAsked | null = $derived.by(() => {
    if (!this.#playing || !this.#sources.loaded()) return null;
    const domains = this.#sources.domains();
    const chosen = this.#sources.chosen();
    // How many there are is looked at once: what is read must not begin anew with every value that comes.
    const present = untrack(() => this.#sources.present());
    const rows = domains.flatMap(({ metrics }) => metrics);
    const longest = Math.max(0, ...rows.map(({ interval }) => interval)) * MISSED * 1_000;
    return {
      domains: domains
        .flatMap((domain) => this.#played(domain, present, chosen) ?? [])
        .filter(({ metrics }) => metrics.length > 0),
      range: this.#time.range,
      step: this.#time.step,
      timezone: this.#sources.timezone(),
      filters: present.length > MANY ? this.#steady() : NO_FILTERS,
      lookback: Math.min(LONGEST_MS, Math.max(SHORTEST_MS, longest)),
    };
  });

  readonly #held: readonly LiveDevice[] | null = $derived.by(() => {
    void [this.#sources.loaded(), this.#sources.domains()];
    return this.#time.mode === 'paused' ? untrack(() => this.#sources.present()) : null;
  });

  /** The devices as they are to be shown; empty while those of a stored moment have not come. */
  readonly devices: readonly LiveDevice[] = $derived.by(() => {
    const { moment } = this.#time;
    if (this.#held !== null) return this.#held;
    if (!this.#playing || moment === null) return this.#sources.present();
    const all = this.#sources.loaded() ? [...untrack(() => this.#sources.present()), ...this.#retired.devices] : [];
    // What was not read is not shown as if it had told nothing.
    const present = all.filter(({ domain }) => this.#sources.held(domain) !== null);
    return this.playback.devices(present, moment, (device) => this.#sources.moves(device));
  });

  /** Whether they have come. */
  readonly ready: boolean = $derived.by(() => {
    if (!this.#sources.loaded()) return false;
    const { moment } = this.#time;
    return !this.#playing || moment === null || this.playback.has(moment);
  });

  /** How many devices told something since the present was held still. */
  readonly newer: number = $derived.by(() => {
    const held = this.#held;
    if (held === null) return 0;
    const before = new Map(held.map((device) => [device.id, device]));
    return this.#sources.present().filter((device) => before.get(device.id) !== device).length;
  });

  /** What classes of values are made of: several moments of a stored range, else the devices as they are. */
  readonly sample: readonly LiveDevice[] = $derived.by(() => {
    if (!this.#playing) return this.devices;
    const { edges } = this.#time;
    const present = untrack(() => this.#sources.present());
    const places = Array.from({ length: SAMPLES }, (_, index) =>
      Math.round((index / (SAMPLES - 1)) * (edges.length - 1)),
    );
    return [...new Set(places)].flatMap((place) => this.playback.devices(present, edges[place] ?? 0, () => false));
  });

  constructor(time: Time, sources: PastSources) {
    this.#time = time;
    this.#sources = sources;
  }

  /** Reads what was asked for until the returned function is called; what is nearest to `moment()` (ms) first. */
  follow(asked: PlaybackAsked, moment: () => number): () => void {
    const stop = this.playback.follow(asked, moment);
    // Of a large domain only what is in view is at hand, and nobody asks who was there once.
    const whole = asked.domains.filter(({ box }) => box === undefined).map(({ domain }) => domain);
    // Who looks at the retired ones has them at hand.
    const stopRetired =
      this.#sources.filters().state === 'active' ? this.#retired.follow(whole, asked.range.from) : undefined;
    return () => {
      stop();
      stopRetired?.();
    };
  }

  /** How the playback goes on: no further than what has come. */
  advance(elapsed: number): void {
    const { exact } = this.#time;
    if (exact !== null) this.#time.advance(elapsed, this.playback.knownFrom(exact));
  }

  /** What drives what moves, along the stored range. */
  driver(playing: boolean): Driver {
    const moment = () => untrack(() => this.#time.exact ?? this.#time.range.to);
    return {
      moment,
      playing: () => playing,
      way: (device) => untrack(() => this.playback.between(device, moment())),
    };
  }

  #steady(): SteadyFilters {
    return { kind: this.#kind, provider: this.#provider, ward: this.#ward, simulated: this.#simulated };
  }

  #played(domain: Domain, present: readonly LiveDevice[], chosen: Figure | null): PlayedDomain | undefined {
    const box = this.#sources.held(domain.id);
    if (box === null) return undefined;
    const devices = present.filter((device) => device.domain === domain.id).length;
    const open = domain.metrics.map(({ id }) => id).filter((id) => !this.#sources.hides(id));
    const wanted = new Set([...domain.kinds.map(({ headline }) => headline), ...(chosen ? sourcesOf(chosen) : [])]);
    const all = open.length * devices * FILM <= CELLS;
    const metrics = all ? open : open.filter((id) => wanted.has(id));
    return { domain: domain.id, devices, metrics, ...(box && { box }) };
  }
}
