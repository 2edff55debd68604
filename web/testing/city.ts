import type { Domain } from '../../model/domain.ts';
import { DOMAINS } from '../../model/domains/index.ts';
import type { MapCollection, MapFeature } from '../api/shapes.ts';
import { City } from '../state/city.svelte.ts';

/** A fixed moment for tests: 24 November 2026, 08:00 in Hanoi. */
export const NOW = Date.UTC(2026, 10, 24, 1, 0, 0);
export const at = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1_000).toISOString();

/** The domains as the API tells them: each with the rows of every metric its kinds report. */
export const domains: readonly Domain[] = DOMAINS.map((domain) => {
  const wanted = new Set(domain.kinds.flatMap((kind) => kind.metrics));
  const rows = DOMAINS.flatMap(({ metrics }) => metrics).filter(({ id }) => wanted.has(id));
  return { ...domain, metrics: [...new Set([...domain.metrics, ...rows])] };
});

/** A counter on Nguyễn Trãi with a speed of 8 km/h ten seconds ago, and what the test changes of it. */
export function counter(change: Partial<MapFeature['properties']> & { id?: string } = {}): MapFeature {
  const id = change.id ?? 'counter-1';
  return {
    type: 'Feature',
    id,
    geometry: { type: 'Point', coordinates: [105.82, 21] },
    properties: {
      id,
      kind: 'counter',
      name: 'Nguyễn Trãi 1',
      provider: 'hanoi',
      simulated: false,
      tags: {},
      headline: 'mean_speed',
      condition: 'live',
      conditionSince: at(3_600),
      conditionReason: { code: 'reporting', metric: 'mean_speed', awaited: null, connection: 'connected' },
      connected: true,
      since: at(3_600),
      created: at(86_400),
      retired: null,
      latest: { mean_speed: { value: 8, time: at(10), age: 10, quality: 'valid', level: 'severe' } },
      ...change,
    },
  };
}

export const collection = (...features: MapFeature[]): MapCollection => ({
  type: 'FeatureCollection',
  time: at(0),
  features,
});

/** A city with the real rows and these traffic devices, its clock stopped at `NOW`. */
export function cityWith(...features: MapFeature[]): City {
  window.localStorage.clear();
  window.history.replaceState(null, '', '/?lang=en');
  const city = new City();
  city.clock.now = NOW;
  city.catalogue.domains = domains;
  city.devices.load('traffic', collection(...features));
  return city;
}
