import type { Language } from '../../model/text.ts';
import type { Box } from '../map/box.ts';
import type { Sorting } from '../state/surface.svelte.ts';
import type { Filters } from '../state/url.ts';
import { BASE, get, getOpenly } from './client.ts';
import type { DeviceView, LatestView, MapDevices, MapFeature, MapSummary, MapTotal, Page } from './shapes.ts';

/** What of a large domain is looked at, by everything that narrows the page. */
export interface BigQuestion {
  readonly filters: Filters;
  readonly metric: string | null;
  readonly search: string;
  /** A drawn area as text. */
  readonly within: string | null;
}

function parameters({ filters, metric, search, within }: BigQuestion): URLSearchParams {
  const { kind, provider, conditions, levels, freshWithin, ward, simulated, state } = filters;
  const given = {
    ...{ kind, provider, metric, within, area: ward },
    condition: conditions.join(',') || null,
    level: levels.join(',') || null,
    fresh_within: freshWithin === null ? null : String(freshWithin),
    simulated: simulated === 'include' ? null : simulated,
    state: state === 'active' ? null : state,
    search: search.trim() || null,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) if (value !== null) query.set(name, value);
  return query;
}

/** How many devices each domain has on the map. */
export async function fetchMapTotals(signal?: AbortSignal): Promise<readonly MapTotal[]> {
  const page: { readonly items: readonly MapTotal[] } = await (await get('/map', signal)).json();
  return page.items;
}

/** What a view of a large domain holds; null: all of it. */
export async function fetchMapSummary(
  domain: string,
  question: BigQuestion,
  { box, limit }: { readonly box: Box | null; readonly limit: number },
  signal?: AbortSignal,
): Promise<MapSummary> {
  const query = parameters(question);
  if (box !== null) query.set('bbox', box.join(','));
  query.set('limit', String(limit));
  query.set('facets', '1');
  return (await get(`/map/${encodeURIComponent(domain)}/summary?${query}`, signal)).json();
}

/** How a whole large domain does, as anybody reads it. */
export async function fetchMapSummaryOpenly(domain: string): Promise<MapSummary> {
  return (await getOpenly(`/map/${encodeURIComponent(domain)}/summary?limit=0`)).json();
}

/** Which devices of a large domain, in which order, and how many of them from where on. */
export interface DevicesAsked {
  readonly question: BigQuestion;
  /** Null: wherever they are. */
  readonly box?: Box | null;
  /** Null: by name. */
  readonly sort: Sorting | null;
  readonly language: Language;
  /** The order of an answer before; null: a new one. */
  readonly list: string | null;
  readonly offset: number;
  readonly limit: number;
}

/** Some devices of a large domain, wherever they stand. */
export async function fetchMapDevices(
  domain: string,
  { question, box = null, sort, language, list, offset, limit }: DevicesAsked,
  signal?: AbortSignal,
): Promise<MapDevices> {
  const query = parameters(question);
  if (box !== null) query.set('bbox', box.join(','));
  if (sort !== null) query.set('sort', sort.column);
  if (sort?.descending) query.set('order', 'desc');
  if (list !== null) query.set('list', list);
  for (const [name, value] of Object.entries({ language, offset, limit })) query.set(name, String(value));
  return (await get(`/map/${encodeURIComponent(domain)}/devices?${query}`, signal)).json();
}

/** Where the tiles of a large domain are, as MapLibre wants it. */
export function tilesUrl(domain: string, question: BigQuestion, as: 'marks' | 'heat' = 'marks'): string {
  const query = parameters(question);
  if (as !== 'marks') query.set('as', as);
  const path = `${window.location.origin}${BASE}/map/${encodeURIComponent(domain)}/tiles/{z}/{x}/{y}.mvt`;
  return query.size === 0 ? path : `${path}?${query}`;
}

/** One device as the map tells it, with its domain. */
export interface FoundDevice {
  readonly domain: string;
  readonly feature: MapFeature;
}

/** Reads one device and its newest values. */
export async function fetchDevice(id: string, signal?: AbortSignal): Promise<FoundDevice> {
  const path = `/devices/${encodeURIComponent(id)}`;
  const [found, newest] = await Promise.all([get(path, signal), get(`${path}/latest`, signal)]);
  const device: DeviceView = await found.json();
  const { items }: Page<LatestView> = await newest.json();
  const { domain, kind, name, provider, simulated, tags, connection, geometry } = device;
  const seen = items.reduce<LatestView | undefined>(
    (best, item) => (item.position && (best === undefined || item.time > best.time) ? item : best),
    undefined,
  );
  return {
    domain,
    feature: {
      ...{ type: 'Feature', id },
      geometry: seen?.position ? { type: 'Point', coordinates: seen.position } : geometry,
      properties: {
        ...{ id, kind, name, provider, simulated, tags, headline: null },
        condition: device.condition,
        conditionSince: device.conditionSince,
        conditionReason: device.conditionReason,
        connected: connection?.online ?? null,
        since: connection?.since ?? null,
        created: device.created,
        retired: device.state === 'retired' ? device.updated : null,
        latest: Object.fromEntries(
          items.map(({ metric, value, time, quality, level }) => [metric, { value, time, quality, level, age: 0 }]),
        ),
      },
    },
  };
}
