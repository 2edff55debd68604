import type { Simulated } from '../state/url.ts';
import { get } from './client.ts';
import type { DeviceHit, Observed, Page, Windowed } from './shapes.ts';

/** What a series is of. */
export interface Subject {
  /** `within`: a drawn area, by its text. */
  readonly type: 'device' | 'area' | 'within';
  readonly id: string;
}

/** A figure of a device or a ward over a range, ms since the epoch. */
export interface SeriesQuery {
  readonly subject: Subject;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
}

/** What to ask `GET /api/v1/aggregates` for. */
export interface WindowsQuery extends SeriesQuery {
  readonly window: string;
  /** Figures besides the metric's own; a derived one has none. */
  readonly fn: string;
  /** Of areas: whether simulated devices count. */
  readonly simulated: Simulated;
}

const range = ({ from, to }: SeriesQuery) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });

/** More windows than any chart has. */
const MOST_WINDOWS = 10_000;

/** The windows of a series that hold data, oldest first. */
export async function fetchWindows(query: WindowsQuery, signal?: AbortSignal): Promise<readonly Windowed[]> {
  const { subject, metric, window, fn, simulated } = query;
  const search = new URLSearchParams({
    ...{ metric, [subject.type]: subject.id, window, fn, ...range(query) },
    group_by: subject.type === 'within' ? 'all' : subject.type,
    ...(subject.type !== 'device' && { simulated }),
    limit: String(MOST_WINDOWS),
  });
  const page: Page<Windowed & { readonly group: string }> = await (await get(`/aggregates?${search}`, signal)).json();
  const own = subject.type === 'within' ? 'all' : subject.id;
  return page.items.filter(({ group }) => group === undefined || group === own);
}

/** At most `limit` observations of a device's series, oldest first, and whether there are more. */
export async function fetchObservations(
  query: SeriesQuery & { readonly limit: number },
  signal?: AbortSignal,
): Promise<{ readonly items: readonly Observed[]; readonly more: boolean }> {
  const { subject, metric, limit } = query;
  const search = new URLSearchParams({ device: subject.id, metric, ...range(query), limit: String(limit) });
  const page: Page<Observed> = await (await get(`/observations?${search}`, signal)).json();
  return { items: page.items, more: page.next !== null };
}

/** A corrected observation: the values it had before, oldest first. */
interface Correction extends Observed {
  readonly superseded: readonly number[];
}

/** What corrections in a device's series replaced, by their time in ms: of the first `limit` at most. */
export async function fetchCorrections(
  query: SeriesQuery & { readonly limit: number },
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const { subject, metric, limit } = query;
  const search = new URLSearchParams({ device: subject.id, metric, ...range(query), limit: String(limit) });
  const page: Page<Correction> = await (await get(`/corrections?${search}`, signal)).json();
  return new Map(page.items.map(({ time, superseded }) => [Date.parse(time), superseded]));
}

/** What is registered of a device, whether it reports or not; throws ApiError 404 where there is none. */
export async function fetchDevice(id: string, signal?: AbortSignal): Promise<DeviceHit> {
  return (await get(`/devices/${encodeURIComponent(id)}`, signal)).json();
}
