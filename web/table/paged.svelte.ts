import type { Language } from '../../model/text.ts';
import { type BigQuestion, fetchMapDevices } from '../api/big-map.ts';
import type { MapDevices } from '../api/shapes.ts';
import { deviceOf, type LiveDevice } from '../state/device.ts';
import { poll } from '../state/poll.ts';
import type { Sorting } from '../state/surface.svelte.ts';
import { whileVisible } from '../state/visible.ts';

/** Devices of a page of the list. */
export const PAGE = 100;
/** Devices that are asked for at a time where all of them are wanted. */
const WHOLE_PAGE = 1_000;
/** How often what is on the screen is read again. */
const REFRESH_MS = 5_000;
/** Whoever drags the bar to the end passes by the pages between. */
const REST_MS = 120;

/** Which devices are gone through. */
export interface PagedAsked {
  readonly domain: string;
  readonly question: BigQuestion;
  /** Null: by name. */
  readonly sort: Sorting | null;
  readonly language: Language;
}

/** A device of a row, and whether messages of it wait in the quarantine. */
export interface PagedDevice {
  readonly device: LiveDevice;
  readonly quarantined: boolean;
}

/**
 * The devices of a large domain, as many as there are, of which those pages are read that are looked at. Their order is the
 * city's and stays as it is while somebody goes through it; at its top it is made anew with every reading.
 */
export class PagedDevices {
  /** Undefined where a device has not come yet. */
  devices: readonly (PagedDevice | undefined)[] = $state.raw([]);
  /** Whether the first of them have come. */
  loaded = $state(false);
  failed = $state(false);
  /** Whether somebody reads the rows by keyboard: their places stay. */
  reading = $state(false);
  #asked: PagedAsked | null = null;
  #list: string | null = null;
  #pages: readonly number[] = [0];
  #rest: ReturnType<typeof setTimeout> | undefined;
  #stopped = new AbortController();

  /** Reads what was asked for, again and again while the page can be seen, until the returned function is called. */
  follow(asked: PagedAsked): () => void {
    this.#asked = asked;
    this.#list = null;
    this.#pages = [0];
    this.loaded = false;
    this.devices = [];
    const stopped = new AbortController();
    this.#stopped = stopped;
    const stop = whileVisible(() =>
      poll<void>(
        {
          read: (signal) => this.#read(this.#pages, signal),
          came: () => {
            this.failed = false;
          },
          failed: () => {
            this.failed = true;
          },
        },
        REFRESH_MS,
      ),
    );
    return () => {
      stopped.abort();
      clearTimeout(this.#rest);
      stop();
    };
  }

  /** Takes note of which places are on the screen, and reads those pages of them that have not come. */
  see(places: readonly number[]): void {
    if (places.length === 0) return;
    this.#pages = [...new Set(places.map((place) => Math.floor(place / PAGE)))];
    clearTimeout(this.#rest);
    const { signal } = this.#stopped;
    this.#rest = setTimeout(() => {
      const missing = this.#pages.filter(
        (page) => this.devices[page * PAGE] === undefined && page * PAGE < this.devices.length,
      );
      // What does not come now comes with the next reading.
      if (missing.length > 0) this.#read(missing, signal).catch(() => {});
    }, REST_MS);
  }

  /** All of the devices, page by page; `came` is told how many there are so far. Rejects where the city does not answer. */
  async all(came: (devices: number) => void): Promise<readonly PagedDevice[]> {
    const devices: PagedDevice[] = [];
    let list = this.#list;
    for (let total = 1; devices.length < total; ) {
      const page = await this.#fetch(list, devices.length, WHOLE_PAGE, this.#stopped.signal);
      // Another order than before: it begins anew, or some would be missing and others there twice.
      if (list !== null && page.list !== list && devices.length > 0) devices.length = 0;
      else devices.push(...pagedOf(page));
      ({ list, total } = page);
      came(devices.length);
      if (page.items.length === 0 && devices.length > 0) break;
    }
    return devices;
  }

  async #read(pages: readonly number[], signal: AbortSignal): Promise<void> {
    const atTop = pages.every((page) => page === 0);
    for (const page of pages) {
      const list = atTop && !this.reading ? null : this.#list;
      const came = await this.#fetch(list, page * PAGE, PAGE, signal);
      if (signal.aborted) return;
      const same = came.list === this.#list && came.total === this.devices.length;
      const devices = same ? [...this.devices] : new Array<PagedDevice | undefined>(came.total);
      for (const [i, device] of pagedOf(came).entries()) devices[came.offset + i] = device;
      this.#list = came.list;
      this.devices = devices;
      this.loaded = true;
    }
  }

  async #fetch(list: string | null, offset: number, limit: number, signal: AbortSignal): Promise<MapDevices> {
    const asked = this.#asked;
    if (asked === null) throw new Error('nothing was asked for');
    const { domain, ...question } = asked;
    return fetchMapDevices(domain, { ...question, list, offset, limit }, signal);
  }
}

function pagedOf({ domain, items, quarantined }: MapDevices): readonly PagedDevice[] {
  const troubled = new Set(quarantined);
  return items.map((feature) => ({ device: deviceOf(domain, feature), quarantined: troubled.has(feature.id) }));
}
