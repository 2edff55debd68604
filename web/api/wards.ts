import type { Filters, Over } from '../state/url.ts';
import { BASE, get } from './client.ts';
import type { AreaView, Page, WardFigureView } from './shapes.ts';

/** A metric's figures for every ward or H3 cell; `from` and `to` in ms since the epoch. */
export interface WardsQuestion {
  /** Of the H3 cells that are asked for; null: wards are. */
  readonly resolution: number | null;
  readonly metric: string;
  readonly domain: string | null;
  readonly filters: Filters;
  /** The drawn area as the API takes it; null or absent without one. */
  readonly within?: string | null;
  readonly over: Over;
  readonly window: 'all' | '1h' | '1d';
  readonly from: number;
  readonly to: number;
  /** Figures for so many inhabitants; null for those of all. */
  readonly per: number | null;
}

/** What the page uses of `GET /api/v1/aggregates?group_by=area` (or `h3`) for the whole city. */
export interface WardFiguresView {
  readonly items: readonly WardFigureView[];
  readonly next: string | null;
  /** Whether approximate cells were used. */
  readonly approximate: boolean;
  /** Wards left out of figures by inhabitants: nobody knows how many live there. */
  readonly without_population?: readonly string[];
}

/** Every ward or cell that has a figure, 10,000 at most; a filter by level is of the moment and not of a span, so that it is left out. */
export async function fetchWardFigures(question: WardsQuestion, signal?: AbortSignal): Promise<WardFiguresView> {
  const { metric, domain, filters, within = null, window, from, to, per, resolution } = question;
  const given = {
    domain,
    kind: filters.kind,
    provider: filters.provider,
    area: filters.ward,
    within,
    condition: filters.conditions.length === 0 ? null : filters.conditions.join(','),
    fresh_within: filters.freshWithin === null ? null : String(filters.freshWithin),
    simulated: filters.simulated,
    // What was measured counts, be its device in use or not, unless the retired are asked for.
    state: filters.state === 'active' ? null : filters.state,
    per: per === null ? null : String(per),
    resolution: resolution === null ? null : String(resolution),
  };
  const search = new URLSearchParams({
    ...{ metric, group_by: resolution === null ? 'area' : 'h3', window, fn: 'value', limit: '10000' },
    ...{ from: new Date(from).toISOString(), to: new Date(to).toISOString() },
  });
  for (const [name, value] of Object.entries(given)) if (value !== null) search.set(name, value);
  return (await get(`/aggregates?${search}`, signal)).json();
}

/** The wards with their polygons and the entity tag of the answer. */
export interface TaggedWards {
  readonly tag: string | null;
  readonly wards: readonly AreaView[];
}

/** The wards, unless they are those with this tag: then undefined, and nothing was sent or read. */
export async function fetchWardsUnless(tag: string | null, signal?: AbortSignal): Promise<TaggedWards | undefined> {
  const response = await fetch(`${BASE}/areas?level=ward&geometry=true`, {
    headers: { accept: 'application/json', ...(tag === null ? {} : { 'if-none-match': tag }) },
    ...(signal ? { signal } : {}),
  });
  if (response.status === 304) return undefined;
  if (!response.ok) throw new Error(`areas answered ${response.status}`);
  const page: Page<AreaView> = await response.json();
  return { tag: response.headers.get('etag'), wards: page.items };
}
