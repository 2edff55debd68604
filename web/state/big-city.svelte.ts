import { type BigQuestion, type FoundDevice, fetchDevice, fetchMapSummary, tilesUrl } from '../api/big-map.ts';
import { ApiError, type StreamQuery } from '../api/client.ts';
import type { MapCollection, MapSummary, MapTotal } from '../api/shapes.ts';
import { Connection } from './connection.svelte.ts';
import type { LiveEvent } from './devices.svelte.ts';
import { poll } from './poll.ts';
import { whileVisible } from './visible.ts';

/** What the map looks at: west, south, east and north in degrees. */
export type Box = readonly [west: number, south: number, east: number, north: number];

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

/** What a large city is shown by. */
export interface BigCitySources {
  /** The domains that are shown. */
  shown(): readonly string[];
  question(): BigQuestion;
  /** The device that is open. */
  selected(): string | null;
  /** Whose key the page reads with: another key sees other values. */
  turn(): number;
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
  /** Grows whenever the view has been read again: tiles are read again with it. */
  turn = $state(0);
  /** What is in view right now, as it happens, where it is not too much. */
  readonly connection = new Connection();

  /** The domains that are drawn by tiles, as text. */
  readonly #big: string = $derived.by(() => bigDomains(this.totals, this.#sources.shown()).join());
  /** The domains that are drawn by tiles. */
  readonly domains: readonly string[] = $derived(this.#big === '' ? [] : this.#big.split(','));
  // As text, so that only a change of what is asked is one.
  readonly #question: string = $derived.by(() => JSON.stringify([this.#sources.question(), this.#sources.turn()]));
  /** Of what watching hangs on. */
  readonly asked: string = $derived.by(() =>
    JSON.stringify([this.#big, this.#question, this.box, this.#sources.selected()]),
  );
  /** Where the tiles of each large domain are. */
  readonly tiles: ReadonlyMap<string, string> = $derived.by(() => {
    void this.#question;
    return new Map(this.domains.map((domain) => [domain, tilesUrl(domain, this.#sources.question())]));
  });

  constructor(sources: BigCitySources) {
    this.#sources = sources;
  }

  has(domain: string): boolean {
    return this.domains.includes(domain);
  }

  /** Takes note of how many devices there are. */
  count(totals: readonly MapTotal[]): void {
    this.totals = new Map(totals.map(({ domain, registered }) => [domain, registered]));
  }

  /** Takes note of what the map looks at. */
  look([west, south, east, north]: Box): void {
    const near = (degrees: number, round: (value: number) => number) => round(degrees * DECIMALS) / DECIMALS;
    this.box = [near(west, Math.floor), near(south, Math.floor), near(east, Math.ceil), near(north, Math.ceil)];
  }

  /** How many devices the large domains have. */
  readonly registered: number = $derived(this.domains.reduce((sum, domain) => sum + (this.totals.get(domain) ?? 0), 0));

  /** Keeps what is in view up to date, while the page can be seen, until the returned function is called. */
  watch(): () => void {
    const { domains } = this;
    if (domains.length === 0) {
      this.summaries = new Map();
      return () => {};
    }
    let stop: (() => void) | undefined;
    const rest = setTimeout(() => {
      stop = whileVisible(() => this.#watch(domains));
    }, REST_MS);
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
    const stopReading = poll<ReadonlyMap<string, MapSummary>>(
      {
        read: async (signal) => {
          const read = domains.map((domain) => fetchMapSummary(domain, question, { box, limit: LISTED }, signal));
          const [summaries, found] = await Promise.all([
            Promise.all(read),
            selected === null || open !== null ? open : this.#find(selected, signal),
          ]);
          open = found;
          return new Map(summaries.map((summary) => [summary.domain, summary]));
        },
        came: (summaries) => {
          this.summaries = summaries;
          this.turn += 1;
          for (const [domain, { first, time }] of summaries) {
            const more = open?.domain === domain && !first.some(({ id }) => id === open?.feature.id);
            const features = more && open ? [...first, open.feature] : first;
            this.#sources.devices.load(domain, { type: 'FeatureCollection', time, features });
          }
          const seen = [...summaries.values()].reduce((sum, { devices }) => sum + devices, 0);
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
