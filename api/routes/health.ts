import { createRoute, z } from '@hono/zod-openapi';
import { badRequest, json, NoQuery } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });
const Readiness = z
  .object({
    ready: z.boolean(),
    checks: z.record(z.string(), z.boolean()),
    warnings: z.array(z.string()).optional().meta({
      description: 'What will fail if nobody sees to it: `journal-backlog` from three quarters of its limit on.',
    }),
  })
  .meta({ id: 'Readiness' });

const tags = ['operations'];
const request = { query: NoQuery };

const healthz = createRoute({
  method: 'get',
  path: '/healthz',
  tags,
  summary: 'Whether the process lives',
  request,
  responses: { 200: json(Health, 'It lives'), ...badRequest },
});

const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  tags,
  summary: 'Whether the city can serve',
  request,
  responses: {
    200: json(Readiness, 'It can'),
    503: json(Readiness, 'It cannot; the false checks say why'),
    ...badRequest,
  },
});

const prometheus = createRoute({
  method: 'get',
  path: '/metrics',
  tags,
  summary: 'Measurements of the city’s own running (Prometheus)',
  request,
  responses: {
    200: { description: 'Text format 0.0.4', content: { 'text/plain': { schema: z.string() } } },
    ...badRequest,
  },
});

/** What watches over the city asks here. */
export function healthRoutes({ ready, metrics }: Services) {
  return createRouter()
    .openapi(healthz, (c) => c.json({ status: 'ok' as const }, 200, { 'cache-control': 'no-store' }))
    .openapi(readyz, async (c) => {
      const readiness = await ready();
      return readiness.ready
        ? c.json(readiness, 200, { 'cache-control': 'no-store' })
        : c.json(readiness, 503, { 'cache-control': 'no-store', 'retry-after': '5' });
    })
    .openapi(prometheus, async (c) =>
      c.text(await metrics(), 200, {
        'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        'cache-control': 'no-store',
      }),
    );
}
