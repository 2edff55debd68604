import { createRoute, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { Area } from '../../model/area.ts';
import { CodedError } from '../../model/problem.ts';
import { AREAS_AT_MOST } from '../area-import/geojson.ts';
import { readAreas } from '../area-import/read.ts';
import { administratorFirst } from '../auth.ts';
import {
  invalidAreas,
  json,
  keyProblems,
  keySecurity,
  listOf,
  openSecurity,
  readProblems,
  tooLarge,
  wrongMedia,
} from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';
import { AreaView } from '../views.ts';

/** Whose points the approximate cells were drawn from. */
const APPROXIMATE_ATTRIBUTION = '© OpenStreetMap contributors, ODbL';

const WRITES = new Set(['PUT', 'DELETE']);
const MEDIA_TYPES = ['application/geo+json', 'application/json'] as const;
/** What is read is judged by ourselves, for faults are told by their path: the validator of requests stays out of it. */
const FEATURE_COLLECTION = { type: 'object', description: 'A FeatureCollection (RFC 7946, section 3.3)' } as const;

const { level } = Area.shape;

const list = createRoute({
  method: 'get',
  path: '/areas',
  tags: ['vocabulary'],
  summary: 'The city’s areas',
  description:
    'Wards are approximate cells around known points until the operator imports surveyed ones; `approximate` says so and must be shown.',
  security: openSecurity,
  request: {
    query: z.strictObject({
      level: level.optional(),
      geometry: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ param: { description: 'Whether to send the polygons.' } }),
    }),
  },
  responses: { 200: json(listOf(AreaView), 'All areas'), ...readProblems },
});

const levelOfAll = level.meta({
  param: { description: 'The level whose areas are meant, all of them.' },
  example: 'ward',
});

const replace = createRoute({
  method: 'put',
  path: '/areas',
  tags: ['vocabulary'],
  summary: 'Replaces all areas of a level, all or none',
  description: [
    `A GeoJSON FeatureCollection of at most ${AREAS_AT_MOST} features, each a Polygon or MultiPolygon in longitude and latitude (WGS 84).`,
    'Names from `name:vi`, `name` or `official_name`, and `name:en`; `population` where given; the id from `id` or `ref`',
    'where it is one of ours, else from the name, so that a ward that is known keeps its id; ward or commune from `kind`',
    'or from the name. Winding is mended. Where anything is wrong nothing is changed and `errors` names at most 100 faults.',
  ].join(' '),
  security: keySecurity,
  request: {
    query: z.strictObject({
      level: levelOfAll,
      attribution: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .optional()
        .meta({ param: { description: 'What must stand beside the areas wherever they are shown.' } }),
    }),
    body: {
      required: true,
      content: Object.fromEntries(MEDIA_TYPES.map((type) => [type, { schema: FEATURE_COLLECTION }])),
    },
  },
  responses: {
    200: json(z.object({ level, areas: z.number().int() }).meta({ id: 'ImportedAreas' }), 'How many there are now'),
    ...keyProblems,
    ...tooLarge,
    ...wrongMedia,
    ...invalidAreas,
  },
});

const remove = createRoute({
  method: 'delete',
  path: '/areas',
  tags: ['vocabulary'],
  summary: 'Forgets the imported areas of a level',
  description: 'The built-in ones, marked approximate, are back.',
  security: keySecurity,
  request: { query: z.strictObject({ level: levelOfAll }) },
  responses: { 204: { description: 'Forgotten' }, ...keyProblems },
});

/** The city's areas; replacing them is the administrator's. */
export function areaRoutes(services: Services, maxImportBytes: number) {
  const { areas: book, registry, bus, guard, audit } = services;
  const router = createRouter();
  router.use('/areas', administratorFirst(guard, WRITES));
  router.use(
    '/areas',
    bodyLimit({
      maxSize: maxImportBytes,
      onError: () => {
        throw new CodedError('payload-too-large', `an import has at most ${maxImportBytes} bytes`);
      },
    }),
  );

  return router
    .openapi(list, async (c) => {
      guard.read(c.get('key'));
      const { level: asked, geometry: wanted } = c.req.valid('query');
      const all = await book.all();
      const items = all
        .filter((area) => asked === undefined || area.level === asked)
        .map(({ geometry, ...area }) => ({
          ...area,
          attribution: area.attribution ?? (area.approximate ? APPROXIMATE_ATTRIBUTION : null),
          ...(wanted === 'true' ? { geometry } : {}),
        }));
      return c.json({ items, next: null }, 200);
    })
    .openapi(replace, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const presented = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
      if (!MEDIA_TYPES.some((type) => type === presented))
        throw new CodedError('unsupported-media-type', `send ${MEDIA_TYPES.join(' or ')}`);
      const { level: asked, attribution } = c.req.valid('query');
      const others = (await book.all()).filter((area) => area.level !== asked);
      const taken = new Set(others.map(({ id }) => id));
      const areas = await readAreas(await c.req.text(), { level: asked, attribution, taken });
      await registry.replaceAreas(asked, areas);
      bus.publish('areas', { level: asked });
      await audit(actor.id, 'areas.import', `${asked}: ${areas.length} areas`);
      return c.json({ level: asked, areas: areas.length }, 200);
    })
    .openapi(remove, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { level: asked } = c.req.valid('query');
      await registry.replaceAreas(asked, []);
      bus.publish('areas', { level: asked });
      await audit(actor.id, 'areas.forget', asked);
      return c.body(null, 204);
    });
}
