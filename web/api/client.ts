import type { Provider } from '../../model/device.ts';
import type { Domain } from '../../model/domain.ts';
import type { Aggregate, AreaView, DeviceHit, MapCollection, Page } from './shapes.ts';

/** Where the API is, below the page's own origin. */
export const BASE = '/api/v1';

/** An answer other than 2xx; `status` is the HTTP status. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  constructor(status: number, path: string) {
    super(`${path} answered ${status}`);
    this.status = status;
  }
}

/** Asks the city for a path below its API; throws ApiError for any answer but a good one. */
export async function get(path: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(BASE + path, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });
  if (!response.ok) throw new ApiError(response.status, path);
  return response;
}

/** Every domain of the city with its kinds and metrics. */
export async function fetchDomains(
  signal?: AbortSignal,
): Promise<{ readonly domains: readonly Domain[]; readonly timezone: string }> {
  const page: Page<Domain> & { readonly timezone: string } = await (await get('/domains', signal)).json();
  return { domains: page.items, timezone: page.timezone };
}

/** At most `limit` active devices of any domain with the text in name or id, marks or none. */
export async function searchDevices(text: string, limit: number, signal?: AbortSignal): Promise<readonly DeviceHit[]> {
  const search = new URLSearchParams({ search: text, state: 'active', limit: String(limit) });
  const page: Page<DeviceHit> = await (await get(`/devices?${search}`, signal)).json();
  return page.items;
}

/** Who answers for the devices. */
export async function fetchProviders(signal?: AbortSignal): Promise<readonly Provider[]> {
  const page: Page<Provider> = await (await get('/providers', signal)).json();
  return page.items;
}

/** The wards with their polygons. */
export async function fetchWards(signal?: AbortSignal): Promise<readonly AreaView[]> {
  const page: Page<AreaView> = await (await get('/areas?level=ward&geometry=true', signal)).json();
  return page.items;
}

/** Every device of a domain with its newest values. */
export async function fetchMap(domain: string, signal?: AbortSignal): Promise<MapCollection> {
  return (await get(`/map/${encodeURIComponent(domain)}`, signal)).json();
}

/** What to ask `GET /api/v1/aggregates` for: one device's metric in windows, from and to in ms since the epoch. */
export interface SeriesQuery {
  readonly device: string;
  readonly metric: string;
  readonly window: string;
  readonly from: number;
  readonly to: number;
}

/** All windows of a device's series that hold data, oldest first as answered. */
export async function fetchSeries(query: SeriesQuery, signal?: AbortSignal): Promise<readonly Aggregate[]> {
  const items: Aggregate[] = [];
  let cursor: string | null = null;
  do {
    const search: URLSearchParams = new URLSearchParams({
      metric: query.metric,
      device: query.device,
      group_by: 'device',
      window: query.window,
      fn: 'mean,min,max',
      from: new Date(query.from).toISOString(),
      to: new Date(query.to).toISOString(),
      ...(cursor === null ? {} : { cursor }),
    });
    const page: Page<Aggregate> = await (await get(`/aggregates?${search}`, signal)).json();
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}

/** Where the stream of a domain, or of the whole city, is. */
export const streamUrl = (domain: string | null): string =>
  `${BASE}/stream${domain === null ? '' : `?domain=${encodeURIComponent(domain)}`}`;
