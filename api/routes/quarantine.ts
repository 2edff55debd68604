import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId, ProviderId } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import { QuarantineItem } from '../../model/quarantine.ts';
import { Reason } from '../../model/reason.ts';
import type { QuarantineQuery } from '../../storage/quarantine/port.ts';
import type { ApiKey } from '../../storage/registry/port.ts';
import { createCursors } from '../cursor.ts';
import { json, keyProblems, keySecurity, listOf, NoQuery, notFound } from '../openapi.ts';
import { itemFor } from '../quarantine.ts';
import { counts, cursor, instantParam, limit, type SimulatedFilter, simulated } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

/** Items read for one page where the mark of their devices leaves some out. */
const READ_AT_MOST = 20_000;

const list = createRoute({
  method: 'get',
  path: '/quarantine',
  tags: ['operations'],
  summary: 'What was accepted and could not be stored, newest first',
  description: [
    '`simulated` goes by the mark of the device; one that is registered no more counts as real. A page may then hold fewer',
    'items than `limit` although `next` is not null. Payload and detail are withheld from a key that may not read every',
    'metric of the domain.',
  ].join(' '),
  security: keySecurity,
  request: {
    query: z.strictObject({
      device: DeviceId.optional(),
      provider: ProviderId.optional(),
      reason: Reason.optional(),
      simulated,
      from: instantParam('Of receipt, inclusive.', 'from'),
      to: instantParam('Of receipt, exclusive.', 'to'),
      limit: limit(100, 1_000),
      cursor,
    }),
  },
  responses: { 200: json(listOf(QuarantineItem), 'A page of the quarantine'), ...keyProblems },
});

const get = createRoute({
  method: 'get',
  path: '/quarantine/{id}',
  tags: ['operations'],
  summary: 'One item of the quarantine',
  security: keySecurity,
  request: { params: z.object({ id: QuarantineItem.shape.id }), query: NoQuery },
  responses: { 200: json(QuarantineItem, 'The item'), ...keyProblems, ...notFound },
});

/** What could not be stored, and why. */
export function quarantineRoutes({ quarantine, catalogue, directory, guard }: Services) {
  const cursors = createCursors('quarantine', z.string());
  const shown = (key: ApiKey, item: QuarantineItem) => itemFor(item, catalogue, (metric) => guard.shows(key, metric));

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
      const key = guard.scoped(c.get('key'), 'read', 'admin');
      const { limit: size, cursor: at, simulated: asked, ...filters } = c.req.valid('query');
      const after = cursors.read(c.req.url, at);
      const { items, last } = await page({ ...filters, after, limit: size }, asked);
      const next = last === undefined ? null : cursors.write(c.req.url, last);
      return c.json({ items: items.map((item) => shown(key, item)), next }, 200, { 'cache-control': 'no-store' });
    })
    .openapi(get, async (c) => {
      const key = guard.scoped(c.get('key'), 'read', 'admin');
      const { id } = c.req.valid('param');
      const item = await quarantine.get(id);
      if (!item) throw new CodedError('not-found', `the quarantine holds no item ${id}`);
      return c.json(shown(key, item), 200, { 'cache-control': 'no-store' });
    });
}
