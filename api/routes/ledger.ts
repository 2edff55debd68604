import { createRoute, z } from '@hono/zod-openapi';
import { Ledger } from '../../model/ledger.ts';
import { chosenBooks } from '../ledger.ts';
import { json, keyProblems, keySecurity } from '../openapi.ts';
import { simulated } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/ledger',
  tags: ['operations'],
  summary: 'The books: what came in and what became of it',
  description: [
    'Messages: accepted = processed + quarantined + pending. Observations: decoded = stored + duplicate + corrected +',
    'quarantined. At every moment. `simulated` chooses by the mark of the provider, and the totals are of the chosen; a',
    'provider that is registered no more has no mark and is in the whole books only.',
  ].join(' '),
  security: keySecurity,
  request: { query: z.strictObject({ simulated }) },
  responses: { 200: json(Ledger, 'In total and by provider'), ...keyProblems },
});

/** The books of the city. */
export function ledgerRoutes({ ledger, registry, guard }: Services) {
  return createRouter().openapi(route, async (c) => {
    guard.scoped(c.get('key'), 'read', 'admin');
    const { simulated: asked } = c.req.valid('query');
    // Totals of all are counted by themselves, not added up.
    const books = await ledger();
    const chosen = asked === 'include' ? books : chosenBooks(books, await registry.providers(), asked);
    return c.json(chosen, 200, { 'cache-control': 'no-store' });
  });
}
