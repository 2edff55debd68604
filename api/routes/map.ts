import { createRoute, z } from '@hono/zod-openapi';
import { LRUCache } from 'lru-cache';
import { CodedError } from '../../model/problem.ts';
import type { Roll } from '../directory.ts';
import { drawMap, type Picture } from '../map/draw.ts';
import { notFound, openSecurity, readProblems } from '../openapi.ts';
import { filtersInDomain } from '../query.ts';
import { createRouter } from '../router.ts';
import type { ReadServices } from '../services.ts';
import { MapView } from '../views.ts';

/** How long one picture serves all who ask for the same, ms: many open pages cost as much as one. */
const KEEP_MS = 1_000;

/** Typed as any media type: the handler answers text it has kept, not an object to be written anew for each reader. */
const GEOJSON: string = 'application/geo+json';

const route = createRoute({
  method: 'get',
  path: '/map/{domain}',
  tags: ['data'],
  summary: 'The devices of a domain as GeoJSON, with latest values and condition',
  description: [
    'Active devices unless `state` says otherwise. Up to one second old; `time` says when it was made. `condition`: `new`',
    'never reported, `silent` has missed three expected intervals of all its metrics, `offline` is silent and',
    'disconnected. With `bbox` or `area`, a device that moves is where it was last seen.',
  ].join(' '),
  security: openSecurity,
  request: {
    params: z.object({ domain: z.string().meta({ example: 'traffic' }) }),
    query: z.strictObject(filtersInDomain),
  },
  responses: {
    200: { description: 'RFC 7946', content: { [GEOJSON]: { schema: MapView } } },
    ...readProblems,
    ...notFound,
  },
});

/** The city at a glance, for the page and for any GIS. */
export function mapRoutes(services: ReadServices) {
  const { catalogue, guard, directory } = services;
  const pictures = new LRUCache<string, { roll: Roll; picture: Promise<Picture> }>({ max: 16, ttl: KEEP_MS });

  return createRouter().openapi(route, async (c) => {
    const key = c.get('key');
    guard.read(key);
    const { domain } = c.req.valid('param');
    if (!catalogue.domain(domain)) throw new CodedError('not-found', `there is no domain ${domain}`);
    const filters = { domain, ...c.req.valid('query') };
    const shown = guard.shown(key);
    const shows = (metric: string) => shown.has(metric);

    const name = JSON.stringify([filters, catalogue.metricsOf(domain).filter(shows)]);
    const roll = await directory.roll();
    // Boxes are as many as readers: their pictures serve one. Areas may be imported anew.
    const lasting = [filters.bbox, filters.area, filters.within].every((place) => place === undefined);
    // A device that was registered or changed shows at once.
    const kept = lasting ? pictures.get(name) : undefined;
    const picture = kept?.roll === roll ? kept.picture : drawMap({ filters, shows }, services);
    if (lasting && kept?.picture !== picture) {
      pictures.set(name, { roll, picture });
      picture.catch(() => pictures.delete(name));
    }
    const { body, tag } = await picture;
    return c.body(body, 200, { 'content-type': GEOJSON, etag: tag });
  });
}
