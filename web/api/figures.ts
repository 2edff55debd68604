import type { Simulated } from '../state/url.ts';
import { get } from './client.ts';
import type { CityView } from './shapes.ts';

/** The key figures of every domain. */
export async function fetchCity(simulated: Simulated, signal?: AbortSignal): Promise<CityView> {
  return (await get(`/city?simulated=${simulated}`, signal)).json();
}
