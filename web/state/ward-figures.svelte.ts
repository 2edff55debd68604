import type { Domain } from '../../model/domain.ts';
import type { DerivedMetric, Metric } from '../../model/metric.ts';
import { ApiError } from '../api/client.ts';
import { fetchWard, type WardQuery } from '../api/figures.ts';
import type { AreaFigure } from '../api/shapes.ts';
import { poll } from './poll.ts';
import type { Over, Simulated } from './url.ts';

/** A figure that a ward's panel shows, and over which span. */
export interface WardRow {
  readonly domain: Domain;
  readonly metric: Metric | DerivedMetric;
  readonly over: Over;
}

/** What is known of a row: on its way, read (undefined: nothing was received), closed to who reads, or not readable. */
export type WardValue =
  | { readonly state: 'pending' | 'closed' | 'failed' }
  | { readonly state: 'read'; readonly figure: AreaFigure | undefined };

/** The rows of every domain: its key figures. */
export function wardRows(domains: readonly Domain[], figure: (id: string) => Metric | DerivedMetric | undefined) {
  return domains.flatMap((domain) =>
    domain.keyFigures.flatMap(({ metric: id, over }): readonly WardRow[] => {
      const metric = figure(id);
      return metric === undefined ? [] : [{ domain, metric, over }];
    }),
  );
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LENGTHS: Readonly<Record<Exclude<Over, 'today'>, number>> = {
  PT15M: 15 * MINUTE_MS,
  PT1H: HOUR_MS,
  P7D: 7 * DAY_MS,
};

/** The windows to ask for. An index is told by the hour, and today begins when the city's day does. */
export function rangeFor({ metric, over }: Pick<WardRow, 'metric' | 'over'>, now: number) {
  if (over === 'today') return { window: '1d', from: now - DAY_MS, to: now } as const;
  if (metric.overDevices === 'index') return { window: '1h', from: now - 2 * HOUR_MS, to: now } as const;
  return { window: 'all', from: now - LENGTHS[over], to: now } as const;
}

/** Of the windows that came, the one that is meant: the newest, and for today only the city's own day. */
export function figureFor(
  figures: readonly AreaFigure[],
  over: Over,
  now: number,
  timezone: string,
): AreaFigure | undefined {
  const newest = figures.at(-1);
  if (newest === undefined || over !== 'today') return newest;
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' });
  return day.format(Date.parse(newest.time)) === day.format(now) ? newest : undefined;
}

const REFRESH_MS = 60_000;

/** What a ward's figures are read with. */
export interface WardQuestion {
  readonly area: string;
  readonly rows: readonly WardRow[];
  readonly simulated: Simulated;
  readonly timezone: string;
  /** Whether a metric may not be read: it is not even asked for. */
  hides(metric: string): boolean;
}

/** The key figures of one ward, each read by itself: one that cannot be read holds up no other. */
export class WardFigures {
  values: ReadonlyMap<string, WardValue> = $state.raw(new Map());

  /** Reads them once a minute until the returned function is called. */
  follow(question: WardQuestion): () => void {
    this.values = new Map();
    return poll(
      {
        read: async (signal) => {
          const read = await Promise.all(question.rows.map((row) => this.#read(row, question, signal)));
          if (read.includes('failed')) throw new Error('a figure could not be read');
        },
        came: () => {},
        failed: () => {},
      },
      REFRESH_MS,
    );
  }

  async #read({ metric, over }: WardRow, question: WardQuestion, signal: AbortSignal): Promise<WardValue['state']> {
    const { area, simulated, timezone, hides } = question;
    const set = (value: WardValue) => {
      if (!signal.aborted) this.values = new Map(this.values).set(metric.id, value);
      return value.state;
    };
    if (hides(metric.id)) return set({ state: 'closed' });
    const now = Date.now();
    const query: WardQuery = { area, metric: metric.id, simulated, ...rangeFor({ metric, over }, now) };
    try {
      return set({ state: 'read', figure: figureFor(await fetchWard(query, signal), over, now, timezone) });
    } catch (error) {
      const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
      if (refused) return set({ state: 'closed' });
      // What was read before stays, and its age says that it is of before.
      if (this.values.get(metric.id)?.state !== 'read') set({ state: 'failed' });
      return 'failed';
    }
  }
}
