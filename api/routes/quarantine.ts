import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId, ProviderId } from '../../model/device.ts';
import { QuarantineItem } from '../../model/quarantine.ts';
import { Reason } from '../../model/reason.ts';
import { createCursors } from '../cursor.ts';
import { json, keyProblems, keySecurity, listOf } from '../openapi.ts';
import { cursor, instantParam, limit } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/quarantine',
  tags: ['operations'],
  summary: 'What was accepted and could not be stored, newest first',
  security: keySecurity,
  request: {
    query: z.strictObject({
      device: DeviceId.optional(),
      provider: ProviderId.optional(),
      reason: Reason.optional(),
      from: instantParam('Of receipt, inclusive.', 'from'),
      to: instantParam('Of receipt, exclusive.', 'to'),
      limit: limit(100, 1_000),
      cursor,
    }),
  },
  responses: { 200: json(listOf(QuarantineItem), 'A page of the quarantine'), ...keyProblems },
});

/** What could not be stored, and why. */
export function quarantineRoutes({ quarantine, guard }: Services) {
  const cursors = createCursors('quarantine', z.string());
  return createRouter().openapi(route, async (c) => {
    guard.scoped(c.get('key'), 'read', 'admin');
    const { limit: size, cursor: at, ...filters } = c.req.valid('query');
    const found = await quarantine.list({ ...filters, after: cursors.read(c.req.url, at), limit: size + 1 });
    const items = found.slice(0, size);
    const last = items.at(-1);
    const next = last && found.length > size ? cursors.write(c.req.url, last.id) : null;
    return c.json({ items, next }, 200, { 'cache-control': 'no-store' });
  });
}
