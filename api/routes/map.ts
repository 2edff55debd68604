import { createRoute, z } from '@hono/zod-openapi';
import { LRUCache } from 'lru-cache';
import { ACCESS, type Access } from '../../model/metric.ts';
import { CodedError } from '../../model/problem.ts';
import type { Roll } from '../directory.ts';
import { drawMap, type Picture } from '../map/draw.ts';
import { notFound, openSecurity, readProblems } from '../openapi.ts';
import { bbox, simulated } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';
import { MapView } from '../views.ts';

/** How long one picture serves all who ask for the same, ms: many open pages cost as much as one. */
const KEEP_MS = 1_000;

/** Typed as any media type: the handler answers text it has kept, not an object to be written anew for each reader. */
const GEOJSON: string = 'application/geo+json';

const route = createRoute({
  method: 'get',
  path: '/map/{domain}',
  tags: ['data'],
  summary: 'Every active device of a domain as GeoJSON, with its latest values and state',
  description:
    'Up to one second old; `time` says when it was made. `condition`: `new` never reported, `silent` has missed three expected intervals of all its metrics, `offline` is silent and disconnected.',
  security: openSecurity,
  request: {
    params: z.object({ domain: z.string().meta({ example: 'traffic' }) }),
    query: z.strictObject({ simulated, bbox }),
  },
  responses: {
    200: { description: 'RFC 7946', content: { [GEOJSON]: { schema: MapView } } },
    ...readProblems,
    ...notFound,
  },
});

/** The city at a glance, for the page and for any GIS. */
export function mapRoutes(services: Services) {
  const { catalogue, guard, directory } = services;
  const pictures = new LRUCache<string, { roll: Roll; picture: Promise<Picture> }>({ max: 16, ttl: KEEP_MS });

  return createRouter().openapi(route, async (c) => {
    const key = c.get('key');
    guard.read(key);
    const { domain } = c.req.valid('param');
    if (!catalogue.domain(domain)) throw new CodedError('not-found', `there is no domain ${domain}`);
    const question = { domain, ...c.req.valid('query'), shows: (access: Access) => guard.shows(key, access) };

    const name = JSON.stringify([domain, question.simulated, ACCESS.map(question.shows)]);
    const roll = await directory.roll();
    // A device that was registered or changed shows at once.
    const kept = question.bbox ? undefined : pictures.get(name);
    const picture = kept?.roll === roll ? kept.picture : drawMap(question, services);
    if (!question.bbox && kept?.picture !== picture) {
      pictures.set(name, { roll, picture });
      picture.catch(() => pictures.delete(name));
    }
    const { body, tag } = await picture;
    return c.body(body, 200, { 'content-type': GEOJSON, etag: tag });
  });
}
