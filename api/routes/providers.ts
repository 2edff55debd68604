import { createRoute } from '@hono/zod-openapi';
import { Provider } from '../../model/device.ts';
import { json, listOf, NoQuery, openSecurity, readProblems } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const providers = createRoute({
  method: 'get',
  path: '/providers',
  tags: ['vocabulary'],
  summary: 'The agencies and firms that answer for devices',
  security: openSecurity,
  request: { query: NoQuery },
  responses: { 200: json(listOf(Provider), 'All providers'), ...readProblems },
});

/** Who answers for devices. */
export function providerRoutes({ registry, guard }: Services) {
  return createRouter().openapi(providers, async (c) => {
    guard.read(c.get('key'));
    return c.json({ items: [...(await registry.providers())], next: null }, 200);
  });
}
