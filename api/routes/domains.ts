import { createRoute, z } from '@hono/zod-openapi';
import { json, listOf, NoQuery, openSecurity, readProblems } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';
import { DomainView } from '../views.ts';

const Domains = listOf(DomainView).extend({
  timezone: z.string().meta({
    description: 'IANA name of the city’s timezone: whose days and hours aggregates and the page count by.',
    example: 'Asia/Ho_Chi_Minh',
  }),
});

const domains = createRoute({
  method: 'get',
  path: '/domains',
  tags: ['vocabulary'],
  summary: 'The branches of city life, their kinds of device and the metrics these report',
  description: '`metrics` holds the whole row of every metric a kind names, also of those another domain declares.',
  security: openSecurity,
  request: { query: NoQuery },
  responses: { 200: json(Domains, 'All domains'), ...readProblems },
});

/** The city's vocabulary as the API tells it. */
export function domainRoutes({ catalogue, guard, config }: Services) {
  return createRouter().openapi(domains, (c) => {
    guard.read(c.get('key'));
    const items = catalogue.domains.map((domain) => ({
      ...domain,
      metrics: catalogue.metricsOf(domain.id).flatMap((id) => catalogue.metric(id) ?? []),
    }));
    return c.json({ items, next: null, timezone: config.timezone }, 200);
  });
}
