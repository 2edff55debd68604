import { createRoute, z } from '@hono/zod-openapi';
import { instant } from '../../model/observation.ts';
import { LANGUAGES } from '../../model/text.ts';
import { bbox, questionOf, viewFilters } from '../map/asked.ts';
import { createFeatures } from '../map/feature.ts';
import { createLists, KEEP_MS } from '../map/lists.ts';
import { Column } from '../map/ordering.ts';
import type { Indexes } from '../map/tiles/indexes.ts';
import { json, notFound, openSecurity, readProblems } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { ReadServices } from '../services.ts';
import { MapFeature } from '../views.ts';

/** Devices of one answer. */
export const ITEMS_AT_MOST = 1_000;

export const MapDevices = z
  .object({
    domain: z.string(),
    list: z.string().meta({ description: 'Names this order; give it with the next page.' }),
    time: z.iso.datetime().meta({ description: 'When they were put in order.' }),
    total: z.number().int().meta({ description: 'Devices on the whole list.' }),
    offset: z.number().int(),
    items: z.array(MapFeature).meta({ description: 'As in GET /api/v1/map/{domain}, with what is known right now.' }),
    quarantined: z.array(z.string()).meta({
      description: 'Of `items` those with messages of the last day in the quarantine, as far as you may read it.',
    }),
  })
  .meta({ id: 'MapDevices' });
export type MapDevices = z.infer<typeof MapDevices>;

const route = createRoute({
  method: 'get',
  path: '/map/{domain}/devices',
  tags: ['data'],
  summary: 'The devices of a domain in any order, page by page or from anywhere',
  description: [
    'Filters and places are those of GET /api/v1/map/{domain}/summary. The first answer puts all of the devices in order and names',
    `it in \`list\`; pages asked for with that name are of the same order, so that none is missing or told twice. It is kept for ${KEEP_MS / 1_000} s after`,
    'it was last asked for, and while there is room; then, or with other filters, a new one is made and named. What nothing is known of',
    'stands at the end whichever way; equals by name. Values of different metrics stand apart.',
  ].join(' '),
  security: openSecurity,
  request: {
    params: z.object({ domain: z.string().meta({ example: 'traffic' }) }),
    query: z.strictObject({
      ...viewFilters,
      bbox,
      sort: Column.default('name').meta({
        param: { description: '`age`: the youngest first; `level`: the best first; `quality`: the quarantined last.' },
      }),
      order: z.enum(['asc', 'desc']).default('asc'),
      language: z
        .enum(LANGUAGES)
        .default('vi')
        .meta({ param: { description: 'In whose order names and other texts stand.' } }),
      list: z
        .string()
        .max(64)
        .optional()
        .meta({ param: { description: '`list` of an answer before.' } }),
      offset: z.coerce
        .number()
        .int()
        .min(0)
        .max(10_000_000)
        .default(0)
        .meta({ param: { description: 'Devices on the list before the first item.' } }),
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(ITEMS_AT_MOST)
        .default(100)
        .meta({ param: { description: 'Items of a page.' } }),
    }),
  },
  responses: { 200: json(MapDevices, 'A page of devices'), ...readProblems, ...notFound },
});

/** All devices of a large domain, for who goes through them. */
export function mapDeviceRoutes(services: ReadServices, indexes: Indexes) {
  const { live, waiting, now } = services;
  const lists = createLists(services, indexes);

  return createRouter().openapi(route, async (c) => {
    const { domain } = c.req.valid('param');
    const { bbox: box, sort, order, language, list: id, offset, limit, ...asked } = c.req.valid('query');
    const facts = questionOf(services, c.get('key'), domain, asked);
    const ordering = { column: sort, descending: order === 'desc', language };
    const [list, troubled] = await Promise.all([lists.of({ facts, bbox: box, ordering }, id), waiting.of(facts.reach)]);
    const featureOf = createFeatures({ at: now(), shows: facts.shows }, services);
    const some = list.facts.slice(offset, offset + limit);
    return c.json(
      {
        ...{ domain, list: list.id, time: instant(list.at), total: list.facts.length, offset },
        items: some.map(({ device }) => featureOf(device, live.latest(device.id))),
        quarantined: some.flatMap(({ device }) => (troubled.has(device.id) ? [device.id] : [])),
      },
      200,
    );
  });
}
