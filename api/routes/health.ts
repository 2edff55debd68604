import { createRoute, z } from '@hono/zod-openapi';
import { json, NoQuery } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });
const Readiness = z.object({ ready: z.boolean(), checks: z.record(z.string(), z.boolean()) }).meta({ id: 'Readiness' });

const tags = ['operations'];
const request = { query: NoQuery };

const healthz = createRoute({
  method: 'get',
  path: '/healthz',
  tags,
  summary: 'Whether the process lives',
  request,
  responses: { 200: json(Health, 'It lives') },
});

const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  tags,
  summary: 'Whether the city can serve',
  request,
  responses: { 200: json(Readiness, 'It can'), 503: json(Readiness, 'It cannot; the false checks say why') },
});

const prometheus = createRoute({
  method: 'get',
  path: '/metrics',
  tags,
  summary: 'Measurements of the city’s own running (Prometheus)',
  request,
  responses: {
    200: { description: 'Text format 0.0.4', content: { 'text/plain': { schema: z.string() } } },
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
