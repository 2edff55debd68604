import type { DeviceState } from '../../model/device.ts';
import { fetchMapTotals } from '../api/big-map.ts';
import { ApiError, fetchDomains, fetchMap, fetchProviders, fetchWards, type StreamQuery } from '../api/client.ts';
import type { AreaStore } from './areas.svelte.ts';
import type { BigCity } from './big-city.svelte.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import type { DeviceStore, LiveEvent } from './devices.svelte.ts';
import type { Keeping } from './keeping.svelte.ts';
import { Newcomers } from './newcomers.ts';
import { poll } from './poll.ts';
import type { Preferences } from './preferences.svelte.ts';
import type { Session } from './session.svelte.ts';
import type { Time } from './time.svelte.ts';
import type { View } from './view.svelte.ts';

const RETRY_MS = 3_000;
/** How often it is asked whether the key still holds: nothing else tells that its hours are over. */
const SESSION_MS = 60_000;

/** The stores that what is read goes into, and those that say what to read. */
export interface ReadInto {
  readonly catalogue: CatalogueStore;
  readonly preferences: Preferences;
  readonly areas: AreaStore;
  readonly devices: DeviceStore;
  readonly session: Session;
  readonly connection: Connection;
  readonly keeping: Keeping;
  readonly big: BigCity;
  readonly view: View;
  readonly time: Time;
  /** Ids of the domains that are shown. */
  readonly domains: readonly string[];
}

/** Reads the city into its stores and follows it live: again and again where it does not answer. */
export class Reading {
  /** Whether the last reading of the city failed; it is tried again. */
  failed = $state(false);
  /** Whether the city shows nothing without a key. */
  locked = $state(false);
  /** Whether the devices at hand have been read. */
  done = $state(false);
  /** Whose eyes they were read with, and in which state those devices are. */
  #turn = 0;
  #state: DeviceState = 'active';
  readonly #into: ReadInto;

  constructor(into: ReadInto) {
    this.#into = into;
  }

  /** Whether what is at hand is the city's own, of now, as the reader may see it. */
  get fresh(): boolean {
    const { connection, session } = this.#into;
    return this.done && connection.state === 'live' && this.#turn === session.turn;
  }

  /** Reads what hardly changes until it comes or the returned function is called. */
  start(): () => void {
    const { catalogue, preferences, areas, session, view } = this.#into;
    const stopped = new AbortController();
    const { signal } = stopped;
    const stopSession = this.#watchSession();
    void this.#untilRead(async () => {
      const [{ domains, timezone }] = await Promise.all([fetchDomains(signal), session.read(signal)]);
      catalogue.domains = domains;
      preferences.timezone = timezone;
      view.settle(catalogue);
    }, signal);
    void this.#untilRead(async () => areas.load(await fetchWards(signal)), signal);
    return () => {
      stopped.abort();
      stopSession();
    };
  }

  /** Shows the devices of a domain (null: all) that are in a state, and follows them live until the returned function is called. */
  follow(domain: string | null, state: DeviceState = 'active'): () => void {
    const { catalogue, devices, session, connection, big, keeping, time } = this.#into;
    const wanted = domain === null ? catalogue.domains.map(({ id }) => id) : [domain];
    const stopped = new AbortController();
    const { signal } = stopped;
    if (this.#turn !== session.turn || this.#state !== state) devices.clear();
    this.#turn = session.turn;
    this.#state = state;
    devices.keep(wanted);
    // Nothing is known of what is shown now: that is not the same as there being nothing.
    if (devices.all.length === 0) this.done = false;
    // Another domain is held still from now on: what it was before has not been kept.
    if (time.mode === 'paused') time.pause();
    const counted = this.#untilRead(async () => big.count(await fetchMapTotals(signal)), signal);
    const small = (domains: readonly string[]) => domains.filter((id) => !big.has(id));
    const read = async (domains: readonly string[]) => {
      await counted;
      await this.#untilRead(async () => {
        const [providers] = await Promise.all([
          fetchProviders(signal),
          ...small(domains).map(async (id) => devices.load(id, await fetchMap(id, state, signal))),
        ]);
        catalogue.providers = providers;
        keeping.at = null;
        if (small(wanted).length > 0) this.done = true;
      }, signal);
    };
    // Large domains tell of what is in view by themselves.
    const query = counted.then((): StreamQuery | null => {
      const held = small(wanted);
      if (held.length === 0) return null;
      return domain === null && held.length === wanted.length ? {} : { domains: held };
    });
    const apply = (events: readonly LiveEvent[]) => devices.apply(events);
    const newcomers = new Newcomers({ ready: read(wanted), read, apply });
    let first = true;
    const close = connection.open(query, {
      // Of what is retired nobody hears: who tells something is not wanted.
      apply: (events) => (state === 'active' ? newcomers.add(apply(events)) : apply(events)),
      opened: () => {
        if (!first) {
          void read(wanted);
          // A key that is revoked ends its streams.
          session.refresh(signal).catch(() => {});
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

  /** What is in view of the large domains came. */
  cameBig(): void {
    const { keeping, big, connection, domains } = this.#into;
    this.failed = false;
    this.locked = false;
    keeping.at = null;
    if (domains.some((id) => !big.has(id))) return;
    this.done = true;
    connection.state = 'live';
  }

  /** It did not come. */
  failedBig(error: unknown): void {
    const { big, connection, domains } = this.#into;
    this.#refused(error);
    if (domains.every((id) => big.has(id))) connection.state = 'offline';
  }

  #refused(error: unknown): void {
    this.locked = error instanceof ApiError && error.status === 401;
    this.failed = !this.locked;
  }

  /** Whether the key still holds, again and again until the returned function is called. */
  #watchSession(): () => void {
    const silent = () => {};
    const read = (signal: AbortSignal) => this.#into.session.refresh(signal);
    return poll({ read, came: silent, failed: silent }, SESSION_MS);
  }

  async #untilRead(read: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { keeping } = this.#into;
    while (!signal.aborted) {
      try {
        await read();
        this.failed = false;
        this.locked = false;
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#refused(error);
        // Where nobody reads without a key, nothing that was once open stays here.
        if (this.locked) await keeping.forget();
        else if (await keeping.restore()) this.done = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
