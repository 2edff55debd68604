import type { Playback, Step, Volume } from '../../model/playback.ts';
import type { PresenceHistory } from '../../model/presence.ts';
import type { Filters } from '../state/url.ts';
import { get } from './client.ts';

/** Which devices a stored range is asked of: those filters that hold at any moment. */
export type SteadyFilters = Pick<Filters, 'kind' | 'provider' | 'ward' | 'simulated'>;

/** A range of a domain; `from` and `to` in ms since the epoch. */
export interface RangeQuestion {
  readonly domain: string;
  readonly from: number;
  readonly to: number;
  readonly step: Step;
  readonly filters: SteadyFilters;
  /** West, south, east and north in degrees; absent or null: everywhere. */
  readonly box?: readonly number[] | null;
}

function parametersOf({ from, to, filters, box }: Omit<RangeQuestion, 'step'>): URLSearchParams {
  const { kind, provider, ward, simulated } = filters;
  const search = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
  const bbox = box?.join(',') ?? null;
  const given = { kind, provider, area: ward, bbox, simulated: simulated === 'include' ? null : simulated };
  for (const [name, value] of Object.entries(given)) if (value !== null) search.set(name, value);
  return search;
}

/** The values of a stored range, bucket by bucket; throws ApiError 400 where it is too much for one answer. */
export async function fetchPlayback(
  question: RangeQuestion & { readonly metrics: readonly string[] },
  signal?: AbortSignal,
): Promise<Playback> {
  const search = parametersOf(question);
  search.set('step', question.step);
  search.set('metric', question.metrics.join(','));
  return (await get(`/playback/${encodeURIComponent(question.domain)}?${search}`, signal)).json();
}

/** How much data there is of a range, bucket by bucket. */
export async function fetchVolume(question: RangeQuestion, signal?: AbortSignal): Promise<Volume> {
  const search = parametersOf(question);
  search.set('step', question.step);
  return (await get(`/volume/${encodeURIComponent(question.domain)}?${search}`, signal)).json();
}

/** When the devices were connected. */
export async function fetchPresence(
  question: Omit<RangeQuestion, 'step'>,
  signal?: AbortSignal,
): Promise<PresenceHistory> {
  return (await get(`/presence/${encodeURIComponent(question.domain)}?${parametersOf(question)}`, signal)).json();
}
