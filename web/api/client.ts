import type { DeviceState, Provider } from '../../model/device.ts';
import type { Domain } from '../../model/domain.ts';
import type { AreaView, BaseMapView, DeviceHit, MapCollection, Page } from './shapes.ts';

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

/** Every device of a domain that is in this state, with its newest values. */
export async function fetchMap(domain: string, state: DeviceState, signal?: AbortSignal): Promise<MapCollection> {
  const query = state === 'active' ? '' : `?state=${state}`;
  return (await get(`/map/${encodeURIComponent(domain)}${query}`, signal)).json();
}

/** What the city offers to draw the map on. */
export async function fetchBaseMap(signal?: AbortSignal): Promise<BaseMapView> {
  return (await get('/basemap', signal)).json();
}

/** The same as anybody reads it, whatever key the page has; throws ApiError 401 where nobody reads without one. */
export async function getOpenly(path: string): Promise<Response> {
  const response = await fetch(BASE + path, { headers: { accept: 'application/json' }, credentials: 'omit' });
  if (!response.ok) throw new ApiError(response.status, path);
  return response;
}

/** Every device of a domain that is in use, as anybody reads it. */
export async function fetchMapOpenly(domain: string): Promise<MapCollection> {
  return (await getOpenly(`/map/${encodeURIComponent(domain)}`)).json();
}

/** What the stream is asked for; nothing given: the whole city. */
export interface StreamQuery {
  readonly domains?: readonly string[];
  readonly devices?: readonly string[];
  /** West, south, east, north in degrees. */
  readonly bbox?: readonly number[];
}

/** Where the stream of it is: many observations in one event. */
export function streamUrl({ domains, devices, bbox }: StreamQuery): string {
  const query = new URLSearchParams({ batch: '1' });
  for (const [name, values] of Object.entries({ domain: domains, device: devices, bbox }))
    if (values !== undefined) query.set(name, values.join(','));
  return `${BASE}/stream?${query}`;
}
