import {
  type BigQuestion,
  type FoundDevice,
  fetchDevice,
  fetchMapSummary,
  fetchMapTotals,
  tilesUrl,
} from '../api/big-map.ts';
import { ApiError, type StreamQuery } from '../api/client.ts';
import type { MapCollection, MapSummary, MapTotal } from '../api/shapes.ts';
import type { Box } from '../map/box.ts';
import { Connection } from './connection.svelte.ts';
import type { LiveEvent } from './devices.svelte.ts';
import { allIn, type InView, moversIn } from './in-view.ts';
import { poll } from './poll.ts';
import { whileVisible } from './visible.ts';

/** With more devices than this the page does not hold them all. */
export const DEVICES_AT_MOST = 10_000;
/** Devices of one large domain that the list names. */
const LISTED = 300;
/** A view with more devices than this is read again and again, and not told of by the stream. */
const STREAMED = 2_000;
/** How often a view is read again; its tiles too. */
export const REFRESH_MS = 4_000;
/** The map has come to rest: until then nothing is asked for what it passes by. */
const REST_MS = 250;
const DECIMALS = 10_000;
/** How often devices are counted, whatever is shown. */
const COUNT_MS = 30_000;
/** From this zoom on tiles tell devices one by one. */
const SINGLES_ZOOM = 14;

/**
 * The domains that are not read whole but by view: the largest, until what is left of those shown are few enough for
 * the page to hold.
 */
export function bigDomains(totals: ReadonlyMap<string, number>, shown: readonly string[]): readonly string[] {
  const bySize = shown.toSorted((a, b) => (totals.get(b) ?? 0) - (totals.get(a) ?? 0));
  let held = shown.reduce((sum, id) => sum + (totals.get(id) ?? 0), 0);
  const big: string[] = [];
  for (const id of bySize) {
    if (held <= DEVICES_AT_MOST) break;
    held -= totals.get(id) ?? 0;
    big.push(id);
  }
  return big;
}

type Features = MapCollection['features'];
/** Where nobody has said what the map looks at. */
const EVERYWHERE: Box = [-180, -90, 180, 90];

const seenIn = (summaries: readonly Pick<MapSummary, 'devices'>[]): number =>
  summaries.reduce((sum, { devices }) => sum + devices, 0);

/** What a large city is shown by. */
export interface BigCitySources {
  /** The domains that are shown. */
  shown(): readonly string[];
  question(): BigQuestion;
  /** The device that is open. */
  selected(): string | null;
  /** Whose key the page reads with: another key sees other values. */
  turn(): number;
  /** Whether a stored range is played. */
  past(): boolean;
  /** The kinds of a domain whose devices move. */
  movingIn(domain: string): readonly string[];
  readonly devices: {
    load(domain: string, snapshot: MapCollection): void;
    apply(events: readonly LiveEvent[]): readonly LiveEvent[];
  };
  /** The view has been read, or could not be. */
  came(): void;
  failed(error: unknown): void;
}

/** A city with more devices than a page can hold: it is drawn by tiles, and its list tells the first of what is in view. */
export class BigCity {
  readonly #sources: BigCitySources;
  /** Active devices by domain; empty until they have been read. */
  totals: ReadonlyMap<string, number> = $state.raw(new Map());
  /** What the map looks at; null: nobody has said, so everything. */
  box: Box | null = $state.raw(null);
  /** What is in view, by large domain. */
  summaries: ReadonlyMap<string, MapSummary> = $state.raw(new Map());
  /** Large domains of which the page holds all that moves in view: it is followed by the stream, and not drawn of tiles. */
  moving: readonly string[] = $state.raw([]);
  /** While a stored range is played: the box of which all devices are held, by large domain. */
  played: ReadonlyMap<string, Box> = $state.raw(new Map());
  /** While a stored range is played: large domains with too many devices in view. */
  crowded: readonly string[] = $state.raw([]);
  /** Grows whenever other domains than before are too large to hold. */
  switched = $state(0);
  /** Grows whenever the view has been read again: tiles are read again with it. */
  turn = $state(0);
  /** What is in view right now, as it happens, where it is not too much. */
  readonly connection = new Connection();

  /** The domains that are drawn by tiles, as text. */
  readonly #big: string = $derived.by(() => bigDomains(this.totals, this.#sources.shown()).join());
  /** The domains that are drawn by tiles. */
  readonly domains: readonly string[] = $derived(this.#big === '' ? [] : this.#big.split(','));
  /** Whether the map looks from so near that devices are drawn one by one. */
  #near = false;
  // As text, so that only a change of what is asked is one.
  readonly #question: string = $derived.by(() => JSON.stringify([this.#sources.question(), this.#sources.turn()]));
  /** Of what watching hangs on. */
  readonly asked: string = $derived.by(() =>
    JSON.stringify([this.#big, this.#question, this.box, this.#sources.selected(), this.#sources.past()]),
  );
  /** Where the tiles of each large domain are. */
  readonly tiles: ReadonlyMap<string, string> = $derived.by(() => this.#tiles('marks'));
  /** And those of their warmth. */
  readonly heat: ReadonlyMap<string, string> = $derived.by(() => this.#tiles('heat'));

  constructor(sources: BigCitySources) {
    this.#sources = sources;
  }

  #tiles(as: 'marks' | 'heat'): ReadonlyMap<string, string> {
    void this.#question;
    return new Map(this.domains.map((domain) => [domain, tilesUrl(domain, this.#sources.question(), as)]));
  }

  /** What of a large domain is asked for, by everything that narrows the page. */
  get question(): BigQuestion {
    void this.#question;
    return this.#sources.question();
  }

  has(domain: string): boolean {
    return this.domains.includes(domain);
  }

  /** Takes note of how many devices there are. */
  count(totals: readonly MapTotal[]): void {
    const before = this.totals.size === 0 ? null : this.#big;
    this.totals = new Map(totals.map(({ domain, registered }) => [domain, registered]));
    if (before !== null && before !== this.#big) this.switched += 1;
  }

  /** Counts again and again, while the page can be seen, until the returned function is called: a city grows. */
  watchTotals(): () => void {
    const stopped = new AbortController();
    const stop = whileVisible(() => {
      const timer = setInterval(() => {
        fetchMapTotals(stopped.signal).then(
          (totals) => this.count(totals),
          // Whoever follows what is shown says that the city does not answer.
          () => {},
        );
      }, COUNT_MS);
      return () => clearInterval(timer);
    });
    return () => {
      stopped.abort();
      stop();
    };
  }

  /** Takes note of what the map looks at. */
  look([west, south, east, north]: Box, zoom: number): void {
    this.#near = zoom >= SINGLES_ZOOM;
    const near = (degrees: number, round: (value: number) => number) => round(degrees * DECIMALS) / DECIMALS;
    this.box = [near(west, Math.floor), near(south, Math.floor), near(east, Math.ceil), near(north, Math.ceil)];
  }

  /** There is no map any more: what is asked for is everywhere. */
  leave(): void {
    this.#near = false;
    this.box = null;
  }

  /** How many devices the large domains have. */
  readonly registered: number = $derived(this.domains.reduce((sum, domain) => sum + (this.totals.get(domain) ?? 0), 0));

  /** Keeps what is in view up to date, while the page can be seen, until the returned function is called. */
  watch(): () => void {
    const { domains } = this;
    if (domains.length === 0) {
      this.summaries = new Map();
      this.#hold([], [], null);
      return () => {};
    }
    let stop: (() => void) | undefined;
    // Who has just come waits for nothing.
    const first = this.summaries.size === 0 && this.box !== null;
    const rest = setTimeout(
      () => {
        stop = whileVisible(() => this.#watch(domains));
      },
      first ? 0 : REST_MS,
    );
    return () => {
      clearTimeout(rest);
      stop?.();
    };
  }

  #watch(domains: readonly string[]): () => void {
    const { box } = this;
    const selected = this.#sources.selected();
    const question = this.#sources.question();
    let open: FoundDevice | null = null;
    let streamed: string | null = null;
    let closeStream: (() => void) | undefined;

    const stream = (query: StreamQuery | null) => {
      const name = JSON.stringify(query);
      if (name === streamed) return;
      streamed = name;
      closeStream?.();
      closeStream =
        query === null
          ? undefined
          : this.connection.open(query, {
              apply: (events) => void this.#sources.devices.apply(events),
              opened: () => {},
            });
    };
    const near = this.#near;
    const stopReading = poll<{ summaries: ReadonlyMap<string, MapSummary>; wholly: ReadonlyMap<string, Features> }>(
      {
        read: async (signal) => {
          const read = domains.map((domain) => fetchMapSummary(domain, question, { box, limit: LISTED }, signal));
          const [summaries, found] = await Promise.all([
            Promise.all(read),
            selected === null || open !== null ? open : this.#find(selected, signal),
          ]);
          open = found;
          const few = box !== null && near && seenIn(summaries) <= STREAMED;
          const views = domains.map((domain) => ({ domain, question, box }));
          const wholly = await this.#wholly(views, few, signal);
          return { summaries: new Map(summaries.map((summary) => [summary.domain, summary])), wholly };
        },
        came: ({ summaries, wholly }) => {
          this.summaries = summaries;
          for (const [domain, { first, time }] of summaries) {
            const told = [...first, ...(wholly.get(domain) ?? []), ...(open?.domain === domain ? [open.feature] : [])];
            const features = [...new Map(told.map((feature) => [feature.id, feature])).values()];
            this.#sources.devices.load(domain, { type: 'FeatureCollection', time, features });
          }
          this.#hold(domains, [...wholly.keys()], box);
          this.turn += 1;
          const seen = seenIn([...summaries.values()]);
          if (box !== null && seen <= STREAMED) stream({ domains, bbox: box });
          else stream(selected === null ? null : { devices: [selected] });
          this.#sources.came();
        },
        failed: (error) => this.#sources.failed(error),
      },
      REFRESH_MS,
    );
    return () => {
      stopReading();
      closeStream?.();
    };
  }

  /** Besides the first: all that moves in view, or all of it where a stored range is played; of what is too much nothing. */
  async #wholly(views: readonly InView[], few: boolean, signal: AbortSignal): Promise<ReadonlyMap<string, Features>> {
    const past = this.#sources.past();
    const read = views.map(async (view): Promise<readonly [string, Features][]> => {
      const kinds = this.#sources.movingIn(view.domain);
      const told = past ? await allIn(view, signal) : few ? await moversIn(view, kinds, signal) : undefined;
      return told === undefined ? [] : [[view.domain, [...told]]];
    });
    return new Map((await Promise.all(read)).flat());
  }

  /** Takes note of which domains are held wholly, as far as they are in view. */
  #hold(domains: readonly string[], wholly: readonly string[], box: Box | null): void {
    const past = this.#sources.past();
    this.moving = past ? [] : wholly;
    this.crowded = past ? domains.filter((domain) => !wholly.includes(domain)) : [];
    const played = new Map(past ? wholly.map((domain) => [domain, box ?? EVERYWHERE]) : []);
    // What is played begins anew with another box only.
    if (JSON.stringify([...played]) !== JSON.stringify([...this.played])) this.played = played;
  }

  /** The device that is open; null where there is none of this name. */
  async #find(id: string, signal: AbortSignal): Promise<FoundDevice | null> {
    try {
      return await fetchDevice(id, signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }
}
