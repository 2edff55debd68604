import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId, ProviderId } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import { QUARANTINE_STATES, QuarantineItem } from '../../model/quarantine.ts';
import { Reason } from '../../model/reason.ts';
import { FORMATS } from '../../model/topic.ts';
import type { QuarantineQuery } from '../../storage/quarantine/port.ts';
import { createCursors } from '../cursor.ts';
import { json, keyProblems, keySecurity, listOf, NoQuery, notFound, notNow } from '../openapi.ts';
import { itemFor, MENDERS, READERS, reached, within } from '../quarantine.ts';
import { counts, cursor, instantParam, limit, type SimulatedFilter, simulated } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

/** Items read for one page where the mark of their devices leaves some out. */
const READ_AT_MOST = 20_000;

const ITS_OWN = 'A key of one provider sees what that provider sent, and nothing else.';

const list = createRoute({
  method: 'get',
  path: '/quarantine',
  tags: ['operations'],
  summary: 'What was accepted and could not be stored, newest first',
  description: [
    `Of each message the first 8,192 bytes; one item alone shows all of it. ${ITS_OWN} \`simulated\` goes by the mark of the`,
    'device; one that is registered no more counts as real. A page may then hold fewer items than `limit` although `next`',
    'is not null. Payload and detail are withheld from a key that may not read every metric of the domain.',
  ].join(' '),
  security: keySecurity,
  request: {
    query: z.strictObject({
      device: DeviceId.optional(),
      provider: ProviderId.optional(),
      reason: Reason.optional(),
      domain: z.string().max(64).optional(),
      format: z.enum(FORMATS).optional(),
      state: z
        .enum(QUARANTINE_STATES)
        .optional()
        .meta({ param: { description: 'Whether it waits, was replayed, or was judged hopeless.' } }),
      simulated,
      from: instantParam('Of receipt, inclusive.', 'from'),
      to: instantParam('Of receipt, exclusive.', 'to'),
      limit: limit(100, 1_000),
      cursor,
    }),
  },
  responses: { 200: json(listOf(QuarantineItem), 'A page of the quarantine'), ...keyProblems },
});

const params = z.object({ id: QuarantineItem.shape.id });

const get = createRoute({
  method: 'get',
  path: '/quarantine/{id}',
  tags: ['operations'],
  summary: 'One item of the quarantine, with the whole message',
  security: keySecurity,
  request: { params, query: NoQuery },
  responses: { 200: json(QuarantineItem, 'The item'), ...keyProblems, ...notFound },
});

const dismiss = createRoute({
  method: 'delete',
  path: '/quarantine/{id}',
  tags: ['operations'],
  summary: 'Marks an item as hopeless: it waits no more',
  description: `It stays to be seen until its time is over, and counts as dismissed. ${ITS_OWN}`,
  security: keySecurity,
  request: { params, query: NoQuery },
  responses: { 204: { description: 'It is dismissed' }, ...keyProblems, ...notFound, ...notNow },
});

/** What could not be stored, and why. */
export function quarantineRoutes({ quarantine, catalogue, directory, guard, audit }: Services) {
  const cursors = createCursors('quarantine', z.string());

  /** Reads until the page is full or nothing is left. `last` is set where there may be more. */
  async function page(query: QuarantineQuery, asked: SimulatedFilter) {
    const { byId } = await directory.roll();
    const items: QuarantineItem[] = [];
    let { after } = query;
    for (let read = 0; read < READ_AT_MOST; ) {
      const batch = await quarantine.list({ ...query, after, limit: query.limit + 1 });
      for (const item of batch) {
        if (items.length === query.limit) return { items, last: after };
        after = item.id;
        if (counts(asked, byId.get(item.device)?.simulated ?? false)) items.push(item);
      }
      if (batch.length <= query.limit) return { items, last: undefined };
      read += batch.length;
    }
    return { items, last: after };
  }

  return createRouter()
    .openapi(list, async (c) => {
      const key = guard.scoped(c.get('key'), ...READERS);
      const { limit: size, cursor: at, simulated: asked, ...filters } = c.req.valid('query');
      const after = cursors.read(c.req.url, at);
      const { items, last } = await page({ ...within(key, filters), after, limit: size }, asked);
      const next = last === undefined ? null : cursors.write(c.req.url, last);
      const shown = items.map((item) => itemFor(item, key, catalogue, guard));
      return c.json({ items: shown, next }, 200, { 'cache-control': 'no-store' });
    })
    .openapi(get, async (c) => {
      const key = guard.scoped(c.get('key'), ...READERS);
      const { id } = c.req.valid('param');
      const item = reached(key, id, await quarantine.get(id));
      return c.json(itemFor(item, key, catalogue, guard), 200, { 'cache-control': 'no-store' });
    })
    .openapi(dismiss, async (c) => {
      const key = guard.scoped(c.get('key'), ...MENDERS);
      const { id } = c.req.valid('param');
      const item = reached(key, id, await quarantine.get(id));
      if (item.dismissed !== null) return c.body(null, 204);
      if (item.replayed !== null) throw new CodedError('not-now', `it was replayed at ${item.replayed}`);
      if (!(await quarantine.dismiss(id))) throw new CodedError('not-now', 'it is being replayed');
      await audit(key.id, 'quarantine.dismiss', id);
      return c.body(null, 204);
    });
}
