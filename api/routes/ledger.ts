import { createRoute } from '@hono/zod-openapi';
import { Ledger } from '../../model/ledger.ts';
import { json, keyProblems, keySecurity, NoQuery } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/ledger',
  tags: ['operations'],
  summary: 'The books: what came in and what became of it',
  description:
    'Messages: accepted = processed + quarantined + pending. Observations: decoded = stored + duplicate + corrected + quarantined. At every moment.',
  security: keySecurity,
  request: { query: NoQuery },
  responses: { 200: json(Ledger, 'In total and by provider'), ...keyProblems },
});

/** The books of the city. */
export function ledgerRoutes({ ledger, guard }: Services) {
  return createRouter().openapi(route, (c) => {
    guard.scoped(c.get('key'), 'read', 'admin');
    return c.json(ledger(), 200, { 'cache-control': 'no-store' });
  });
}
