import { createRoute, z } from '@hono/zod-openapi';
import { LRUCache } from 'lru-cache';
import { instant } from '../../model/observation.ts';
import { createAggregator } from '../aggregates/aggregate.ts';
import { CityDevices, countDevices } from '../city/devices.ts';
import { CityDomain, createCityFigures } from '../city/figures.ts';
import { json, openSecurity, readProblems } from '../openapi.ts';
import { deviceFilters } from '../query.ts';
import { createRouter } from '../router.ts';
import type { DeviceFilters } from '../selection.ts';
import type { ReadServices } from '../services.ts';

/** How long one answer serves all who ask the same, ms: many open pages cost as much as one. */
const KEEP_MS = 10_000;
/** Of the time that passes, at most one part in so many goes into working it out: in a large city it serves for longer. */
const SHARE = 10;

export const CityView = z
  .object({
    time: z.iso.datetime().meta({ description: 'When it was worked out.' }),
    domains: z.array(CityDomain),
    devices: CityDevices,
    approximate: z.boolean().meta({ description: 'Whether an approximate area was asked for: it must be shown.' }),
  })
  .meta({ id: 'City' });
export type CityView = z.infer<typeof CityView>;

const route = createRoute({
  method: 'get',
  path: '/city',
  tags: ['data'],
  summary: 'Key figures of every domain and how the devices do, in one call',
  description: [
    'The figures that the domains’ rows call key figures (GET /api/v1/domains), each of active devices, over its own span',
    'and with how complete it is. A figure that cannot be told stands there with `value` null and says why in `missing`:',
    'one that you may not read, one that nothing was received for, one that the store cannot tell right now. An index is',
    `told of the newest hour that has one, the hour under way or the one before. Up to ${KEEP_MS / 1_000} seconds old, in a city`,
    `where working it out takes longer ${SHARE} times as long as that takes; \`time\` says when.`,
  ].join(' '),
  security: openSecurity,
  request: { query: z.strictObject(deviceFilters) },
  responses: { 200: json(CityView, 'The city at a glance'), ...readProblems },
});

/** The city in figures, for the page's header and for anyone who wants to know at a glance. */
export function cityRoutes(services: ReadServices) {
  const { areas, catalogue, config, guard, selector, now } = services;
  const keyMetrics = catalogue.domains.flatMap(({ keyFigures }) => keyFigures.map(({ metric }) => metric));
  const aggregator = createAggregator({ ...services, timezone: config.timezone });
  const figures = createCityFigures(aggregator, services);
  const kept = new LRUCache<string, Promise<CityView>>({ max: 64, ttl: KEEP_MS });

  async function workOut(filters: DeviceFilters, shows: (metric: string) => boolean): Promise<CityView> {
    const selection = await selector.select({ ...filters, state: filters.state ?? 'active' });
    const at = now();
    const [domains, devices, all] = await Promise.all([
      figures.tell(selection, shows, at),
      countDevices(selection, services),
      filters.area === undefined ? [] : areas.all(),
    ]);
    const approximate = all.some((area) => area.id === filters.area && area.approximate);
    return { time: instant(at), domains, devices, approximate };
  }

  return createRouter().openapi(route, async (c) => {
    const key = c.get('key');
    guard.read(key);
    const filters = c.req.valid('query');
    const shows = (metric: string) => guard.shows(key, metric);
    const name = JSON.stringify([filters, keyMetrics.filter(shows)]);
    const known = kept.get(name);
    if (known) return c.json(await known, 200);
    const began = performance.now();
    const view = workOut(filters, shows);
    kept.set(name, view);
    try {
      const told = await view;
      kept.set(name, view, { ttl: Math.max(KEEP_MS, SHARE * (performance.now() - began)) });
      return c.json(told, 200);
    } catch (error) {
      kept.delete(name);
      throw error;
    }
  });
}
