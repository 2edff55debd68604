import { createRoute, z } from '@hono/zod-openapi';
import { createCursors } from '../cursor.ts';
import { json, keyProblems, keySecurity, listOf } from '../openapi.ts';
import { cursor, instantParam, limit } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const Entry = z
  .object({
    at: z.iso.datetime(),
    actor: z.string().meta({ description: 'Id of the key it was done with.', example: 'admin' }),
    action: z.string().meta({ example: 'device.create' }),
    subject: z.string().meta({ description: 'What it was done to. Never a secret.' }),
  })
  .meta({ id: 'AuditEntry' });

const Name = z
  .string()
  .regex(/^[a-z]+(\.[a-z]+)?$/, 'an action is a word, or two with a dot between')
  .meta({ description: 'The whole name, such as device.create, or what stands before the dot.', example: 'device' });

const list = createRoute({
  method: 'get',
  path: '/audit',
  tags: ['operations'],
  summary: 'Who did what to the city, newest first',
  description:
    'Every act that changes the city by a key is written down once it is done; nothing here is ever changed.',
  security: keySecurity,
  request: {
    query: z.strictObject({
      actor: z.string().min(1).max(100).optional(),
      action: Name.optional(),
      from: instantParam('Inclusive.', 'from'),
      to: instantParam('Exclusive.', 'to'),
      limit: limit(100, 1_000),
      cursor,
    }),
  },
  responses: { 200: json(listOf(Entry), 'A page of the audit'), ...keyProblems },
});

const instantOf = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

/** The audit: the administrator's to read, nobody's to write. */
export function auditRoutes({ registry, guard }: Services) {
  const cursors = createCursors('audit', z.number().int());
  return createRouter().openapi(list, async (c) => {
    guard.scoped(c.get('key'), 'admin');
    const { limit: size, cursor: at, from, to, ...filters } = c.req.valid('query');
    const after = cursors.read(c.req.url, at);
    const times = { from: instantOf(from), to: instantOf(to) };
    const found = await registry.audits({ ...filters, ...times, after, limit: size + 1 });
    const shown = found.slice(0, size);
    const last = shown.at(-1)?.id;
    const next = found.length > size && last !== undefined ? cursors.write(c.req.url, last) : null;
    return c.json({ items: shown.map(({ id: _, ...entry }) => entry), next }, 200, { 'cache-control': 'no-store' });
  });
}
