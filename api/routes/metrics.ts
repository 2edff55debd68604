import { createRoute, z } from '@hono/zod-openapi';
import { json, listOf, openSecurity, readProblems } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';
import { MetricView } from '../views.ts';

const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['vocabulary'],
  summary: 'Every metric of the city, measured and derived',
  security: openSecurity,
  request: {
    query: z.strictObject({
      domain: z
        .string()
        .optional()
        .meta({ param: { description: 'Only those declared in it.' } }),
    }),
  },
  responses: { 200: json(listOf(MetricView), 'The rows, each with the domain it is declared in'), ...readProblems },
});

/** Every metric row of the city. */
export function metricRoutes({ catalogue, guard }: Services) {
  return createRouter().openapi(metrics, (c) => {
    guard.read(c.get('key'));
    const { domain } = c.req.valid('query');
    const items = catalogue.domains
      .filter(({ id }) => domain === undefined || id === domain)
      .flatMap(({ id, metrics, derived }) => [...metrics, ...derived].map((row) => ({ ...row, domain: id })));
    return c.json({ items, next: null }, 200);
  });
}
