import { createRoute, z } from '@hono/zod-openapi';
import { Provider } from '../../model/device.ts';
import { json, listOf, openSecurity, readProblems } from '../openapi.ts';
import { counts, simulated } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const providers = createRoute({
  method: 'get',
  path: '/providers',
  tags: ['vocabulary'],
  summary: 'The agencies and firms that answer for devices',
  security: openSecurity,
  request: { query: z.strictObject({ simulated }) },
  responses: { 200: json(listOf(Provider), 'All providers'), ...readProblems },
});

/** Who answers for devices. */
export function providerRoutes({ registry, guard }: Services) {
  return createRouter().openapi(providers, async (c) => {
    guard.read(c.get('key'));
    const { simulated: asked } = c.req.valid('query');
    const items = (await registry.providers()).filter((provider) => counts(asked, provider.simulated));
    return c.json({ items, next: null }, 200);
  });
}
