import { createRoute, z } from '@hono/zod-openapi';
import type { Purged } from '../deps.ts';
import { json, keyProblems, keySecurity, NoQuery, notNow, unavailable } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const count = z.number().int().nonnegative();
const PurgedView = z
  .object({ devices: count, observations: count, quarantined: count })
  .meta({ id: 'Purged' }) satisfies z.ZodType<Purged>;

const purge = createRoute({
  method: 'delete',
  path: '/simulated',
  tags: ['operations'],
  summary: 'Removes the simulated city',
  description: [
    'Ends the simulated fleet and deletes every device that is marked as simulated, its credential, its observations, hours',
    'and quarantine, and the simulated providers. The books keep what they counted. Without SIMULATE=off the fleet comes',
    'back at the next start.',
  ].join(' '),
  security: keySecurity,
  request: { query: NoQuery },
  responses: { 200: json(PurgedView, 'What went'), ...keyProblems, ...notNow, ...unavailable },
});

/** Taking the demonstration away: the administrator's, where this process has the fleet. */
export function simulatedRoutes({ guard, audit }: Services, purgeSimulated: () => Promise<Purged>) {
  return createRouter().openapi(purge, async (c) => {
    const actor = guard.scoped(c.get('key'), 'admin');
    const purged = await purgeSimulated();
    await audit(actor.id, 'simulated.purge', `${purged.devices} devices, ${purged.observations} observations`);
    return c.json(purged, 200, { 'cache-control': 'no-store' });
  });
}
