import { createRoute, z } from '@hono/zod-openapi';
import { json, listOf, openSecurity, readProblems } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';
import { AreaView } from '../views.ts';

/** Whose points the approximate cells were drawn from. */
const APPROXIMATE_ATTRIBUTION = '© OpenStreetMap contributors, ODbL';

const areas = createRoute({
  method: 'get',
  path: '/areas',
  tags: ['vocabulary'],
  summary: 'The city’s areas',
  description:
    'Wards are approximate cells around known points until the operator imports surveyed ones; `approximate` says so and must be shown.',
  security: openSecurity,
  request: {
    query: z.strictObject({
      level: z.enum(['city', 'ward']).optional(),
      geometry: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ param: { description: 'Whether to send the polygons.' } }),
    }),
  },
  responses: { 200: json(listOf(AreaView), 'All areas'), ...readProblems },
});

/** The city's areas. */
export function areaRoutes({ areas: book, guard }: Services) {
  return createRouter().openapi(areas, async (c) => {
    guard.read(c.get('key'));
    const { level, geometry: wanted } = c.req.valid('query');
    const all = await book.all();
    const items = all
      .filter((area) => level === undefined || area.level === level)
      .map(({ geometry, ...area }) => ({
        ...area,
        attribution: area.approximate ? APPROXIMATE_ATTRIBUTION : null,
        ...(wanted === 'true' ? { geometry } : {}),
      }));
    return c.json({ items, next: null }, 200);
  });
}
