import { fetchDomains, fetchMap, fetchProviders } from '../api/client.ts';
import { CatalogueStore } from './catalogue.svelte.ts';
import { Clock } from './clock.svelte.ts';
import { Connection } from './connection.svelte.ts';
import { DeviceStore, type LiveEvent } from './devices.svelte.ts';
import { type Mark, markOf } from './mark.ts';
import { Newcomers } from './newcomers.ts';
import { Preferences } from './preferences.svelte.ts';
import { Selection } from './selection.svelte.ts';

const RETRY_MS = 3_000;
/** Ages tick every second; who has fallen silent is looked at less often. */
const CONDITION_MS = 5_000;

/** Composes the stores: one for each concern, and what follows from several of them. */
export class City {
  readonly preferences = new Preferences();
  readonly clock = new Clock();
  readonly selection = new Selection();
  readonly catalogue = new CatalogueStore();
  readonly devices = new DeviceStore();
  readonly connection = new Connection();
  /** Whether the last reading of the city failed; it is tried again. */
  failed = $state(false);
  /** Whether the devices have been read once, be they none. */
  loaded = $state(false);

  readonly #slowNow = $derived(Math.ceil(this.clock.now / CONDITION_MS) * CONDITION_MS);
  readonly marks: readonly Mark[] = $derived(
    this.devices.all.map((device) => markOf(device, this.catalogue, this.#slowNow)),
  );
  readonly selected: Mark | undefined = $derived(this.marks.find((mark) => mark.device.id === this.selection.device));
  readonly simulated: boolean = $derived(this.devices.all.some((device) => device.simulated));

  /** Reads the catalogue, again and again until it comes or the returned function is called. */
  start(): () => void {
    const stopped = new AbortController();
    const stopClock = this.clock.start();
    const stopTheme = this.preferences.followSystem();
    void this.#untilRead(async () => {
      const { domains, timezone } = await fetchDomains(stopped.signal);
      this.catalogue.domains = domains;
      this.preferences.timezone = timezone;
      const { domain } = this.selection;
      if (domain !== null && this.catalogue.domain(domain) === undefined) this.selection.show(null);
    }, stopped.signal);
    return () => {
      stopped.abort();
      stopClock();
      stopTheme();
    };
  }

  /** Shows a domain (null: all) and follows it live until the returned function is called. */
  follow(domain: string | null): () => void {
    const wanted = domain === null ? this.catalogue.domains.map(({ id }) => id) : [domain];
    const stopped = new AbortController();
    this.devices.keep(wanted);
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
        if (!first) void read(wanted);
        first = false;
      },
    });
    return () => {
      stopped.abort();
      newcomers.stop();
      close();
    };
  }

  async #untilRead(read: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await read();
        this.failed = false;
        return;
      } catch {
        if (signal.aborted) return;
        this.failed = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
