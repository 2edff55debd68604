import { fetchMapSummaryOpenly } from '../api/big-map.ts';
import { ApiError, fetchMapOpenly } from '../api/client.ts';
import type { AreaView, MapCollection } from '../api/shapes.ts';
import { type KeptCount, type KeptDevices, type LastState, lastState } from '../offline/last-state.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';
import { deviceOf, type LiveDevice } from './device.ts';
import type { Preferences } from './preferences.svelte.ts';

/** What of the page is kept, and what a kept state is put back into. */
export interface KeepingSources {
  readonly catalogue: Pick<CatalogueStore, 'domains' | 'providers' | 'metric'>;
  readonly preferences: Pick<Preferences, 'timezone'>;
  readonly areas: { readonly wards: readonly AreaView[]; load(wards: readonly AreaView[]): void };
  readonly devices: { readonly all: readonly LiveDevice[]; restore(devices: readonly LiveDevice[]): void };
  /** The domains that are shown. */
  shown(): readonly string[];
  /** Whether a domain has more devices than the page holds. */
  large(domain: string): boolean;
  /** Whether what is at hand is the city's own, of now. */
  fresh(): boolean;
  /** Whether the page reads with a key. */
  withKey(): boolean;
}

/** How often the state is kept; with a key it must be asked for as the public sees it. */
const EVERY_MS = 60_000;
const EVERY_WITH_KEY_MS = 300_000;
/** The first time, after what is shown has come. */
const FIRST_MS = 5_000;

/**
 * Keeps the last state of the city for a page that opens without a network. Only what anybody may read is kept,
 * whatever the reader's key opens: who comes to this browser next has perhaps no key, or another. Without a key that
 * is what the page holds; with one the public's view is asked for without it.
 */
export class Keeping {
  /** When the state that is shown was kept, ms since the epoch; null while the city itself answers. */
  at: number | null = $state(null);
  /** The domains of which no more was kept than how many devices they had. */
  counts: ReadonlyMap<string, KeptCount> = $state.raw(new Map());
  readonly #from: KeepingSources;
  readonly #kept: LastState;
  #wards: readonly AreaView[] = [];
  #last = -Infinity;

  constructor(from: KeepingSources, kept: LastState = lastState) {
    this.#from = from;
    this.#kept = kept;
  }

  /** Keeps the state again and again, and when the page is left, until the returned function is called. */
  start(): () => void {
    const left = () => {
      if (document.visibilityState === 'hidden' && !this.#from.withKey()) void this.keep();
    };
    const due = () => {
      const every = this.#from.withKey() ? EVERY_WITH_KEY_MS : EVERY_MS;
      if (Date.now() - this.#last >= every) void this.keep();
    };
    const timer = setInterval(due, FIRST_MS);
    document.addEventListener('visibilitychange', left);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', left);
    };
  }

  /** Keeps what is shown, as far as anybody may read it. */
  async keep(at: number = Date.now()): Promise<void> {
    const { catalogue, preferences, areas } = this.#from;
    if (!this.#from.fresh() || this.at !== null || catalogue.domains.length === 0) return;
    this.#last = at;
    const { timezone } = preferences;
    // Read before anything is waited for: a key may come or go meanwhile.
    const held = this.#from.withKey() ? null : this.#held();
    try {
      for (const domain of this.#from.shown())
        await this.#kept.writeDevices(domain, await this.#stateOf(domain, at, held));
    } catch (error) {
      // The city shows nothing without a key: nothing of it stays.
      if (error instanceof ApiError && error.status === 401) await this.forget();
      return;
    }
    await this.#kept.writeCity({ timezone, domains: catalogue.domains, providers: catalogue.providers });
    if (areas.wards === this.#wards) return;
    this.#wards = areas.wards;
    await this.#kept.writeWards(areas.wards);
  }

  /** Shows the kept state in the place of what did not come; what has come stays. True where all that is shown is there. */
  async restore(): Promise<boolean> {
    const { catalogue, preferences, areas, devices } = this.#from;
    if (catalogue.domains.length === 0) {
      const [city, wards] = await Promise.all([this.#kept.city(), this.#kept.wards()]);
      if (city === undefined || catalogue.domains.length > 0) return false;
      if (wards !== undefined && areas.wards.length === 0) areas.load(wards);
      preferences.timezone = city.timezone;
      catalogue.providers = city.providers;
      catalogue.domains = city.domains;
    }
    const shown = this.#from.shown();
    let all = shown.length > 0;
    const counts = new Map<string, KeptCount>();
    for (const domain of shown) {
      if (devices.all.some((device) => device.domain === domain)) continue;
      const kept = await this.#kept.devices(domain);
      if (kept === undefined) all = false;
      else {
        devices.restore(kept.devices);
        if (kept.counted) counts.set(domain, kept.counted);
        this.at = Math.min(this.at ?? kept.at, kept.at);
      }
    }
    this.counts = counts;
    return all;
  }

  /** Forgets everything that was kept. */
  forget(): Promise<void> {
    this.#wards = [];
    return this.#kept.clear();
  }

  /** The devices at hand by domain, without what is not public: the rows say what is. */
  #held(): ReadonlyMap<string, readonly LiveDevice[]> {
    const { catalogue, devices } = this.#from;
    const held = new Map(this.#from.shown().map((domain): [string, LiveDevice[]] => [domain, []]));
    for (const device of devices.all) {
      const latest = Object.entries(device.latest).filter(([id]) => catalogue.metric(id)?.access === 'public');
      held.get(device.domain)?.push({ ...device, latest: Object.fromEntries(latest) });
    }
    return held;
  }

  /** What is kept of a domain. Of a large one the page holds what is in view, which is no state of it: it is counted. */
  async #stateOf(
    domain: string,
    at: number,
    held: ReadonlyMap<string, readonly LiveDevice[]> | null,
  ): Promise<KeptDevices> {
    if (this.#from.large(domain)) {
      const { devices, conditions } = await fetchMapSummaryOpenly(domain);
      return { at, devices: [], counted: { devices, live: conditions.live } };
    }
    const known = held?.get(domain);
    if (known) return { at, devices: known };
    const { features }: MapCollection = await fetchMapOpenly(domain);
    return { at, devices: features.map((feature) => deviceOf(domain, feature)) };
  }
}
