import type { Simulated } from '../state/url.ts';
import { get } from './client.ts';
import type { AreaFigure, CityView, Page } from './shapes.ts';

/** The key figures of every domain. */
export async function fetchCity(simulated: Simulated, signal?: AbortSignal): Promise<CityView> {
  return (await get(`/city?simulated=${simulated}`, signal)).json();
}

/** What to ask of one ward: a metric in windows of a range, from and to in ms since the epoch. */
export interface WardQuery {
  readonly area: string;
  readonly metric: string;
  readonly window: 'all' | '1h' | '1d';
  readonly from: number;
  readonly to: number;
  readonly simulated: Simulated;
}

/** A ward's figures, one for each window in which anything was received, oldest first. */
export async function fetchWard(query: WardQuery, signal?: AbortSignal): Promise<readonly AreaFigure[]> {
  const search = new URLSearchParams({
    metric: query.metric,
    group_by: 'area',
    area: query.area,
    window: query.window,
    fn: 'value',
    simulated: query.simulated,
    from: new Date(query.from).toISOString(),
    to: new Date(query.to).toISOString(),
  });
  const page: Page<AreaFigure> = await (await get(`/aggregates?${search}`, signal)).json();
  return page.items.filter(({ group }) => group === query.area);
}
