import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId, ProviderId } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import { QuarantineItem } from '../../model/quarantine.ts';
import { Reason } from '../../model/reason.ts';
import { phenomenonTime } from '../../model/telemetry.ts';
import { administratorFirst } from '../auth.ts';
import type { ReplayDeps } from '../deps.ts';
import {
  json,
  keyProblems,
  keySecurity,
  NoQuery,
  notFound,
  notNow,
  tooLarge,
  unavailable,
  wrongMedia,
} from '../openapi.ts';
import { createReplayer, REFUSALS_NAMED } from '../replay.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const params = z.object({ id: QuarantineItem.shape.id });

const Time = z
  .union([z.string(), z.number()])
  .refine((time) => phenomenonTime(time) !== undefined, 'neither RFC 3339 nor milliseconds since the epoch')
  .transform((time) => phenomenonTime(time));

/** Which items, of those that were not replayed yet. Nothing stands for all of them but the word itself. */
const Choice = z
  .strictObject({
    all: z.literal(true).optional().meta({ description: 'All; then no filter is given.' }),
    device: DeviceId.optional(),
    provider: ProviderId.optional(),
    reason: Reason.optional(),
    from: Time.optional().meta({ description: 'Of receipt, inclusive.' }),
    to: Time.optional().meta({ description: 'Of receipt, exclusive.' }),
  })
  .refine(
    ({ all, ...filters }) => (all === true) !== Object.keys(filters).length > 0,
    'choose by filters, or say {"all": true}',
  )
  .meta({ id: 'ReplayChoice', example: { reason: 'unknown-device', from: '2026-11-23T00:00:00+07:00' } });

const count = z.number().int().nonnegative();
const Replayed = z
  .object({
    replayed: count.meta({ description: 'Items.' }),
    messages: count.meta({ description: 'That went into the journal again: several items may be of one.' }),
    refused: count.meta({ description: 'Items that cannot be replayed, and stay as they are.' }),
    refusals: z
      .array(z.object({ id: z.string(), detail: z.string() }))
      .meta({ description: `The first ${REFUSALS_NAMED}.` }),
  })
  .meta({ id: 'Replayed' });

const one = createRoute({
  method: 'post',
  path: '/quarantine/{id}/replay',
  tags: ['operations'],
  summary: 'Sends the message of an item through the city again',
  description:
    'The whole message, as it came and with the time of its first receipt: what was stored of it is counted as duplicate. An item is replayed at most once.',
  security: keySecurity,
  request: { params, query: NoQuery },
  responses: { 200: json(Replayed, 'It is in the journal'), ...keyProblems, ...notFound, ...notNow, ...unavailable },
});

const many = createRoute({
  method: 'post',
  path: '/quarantine/replay',
  tags: ['operations'],
  summary: 'Sends many messages through the city again, in the order they came',
  description:
    'Those of the items that were not replayed yet and that the body chooses: by one filter or more, or `{"all": true}`.',
  security: keySecurity,
  request: { query: NoQuery, body: { required: true, content: { 'application/json': { schema: Choice } } } },
  responses: {
    200: json(Replayed, 'They are in the journal'),
    ...keyProblems,
    ...tooLarge,
    ...wrongMedia,
    ...unavailable,
  },
});

/** What could not be stored is tried again after its cause was mended: the administrator's to do. */
export function quarantineReplayRoutes({ quarantine, guard, audit, now }: Services, deps: ReplayDeps) {
  const replayer = createReplayer(quarantine, deps, now);
  const router = createRouter();
  for (const path of ['/quarantine/replay', '/quarantine/:id/replay']) router.use(path, administratorFirst(guard));

  return router
    .openapi(many, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { all: _, ...filters } = c.req.valid('json');
      const done = await replayer.all(filters);
      await audit(actor.id, 'quarantine.replay', `${done.replayed} items, ${done.messages} messages`);
      return c.json({ ...done, refusals: [...done.refusals] }, 200);
    })
    .openapi(one, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { id } = c.req.valid('param');
      const item = await quarantine.get(id);
      if (!item) throw new CodedError('not-found', `there is no item ${id} in the quarantine`);
      if (item.replayed !== null) throw new CodedError('not-now', `it was replayed at ${item.replayed}`);
      const done = await replayer.one(item);
      const [refusal] = done.refusals;
      if (refusal) throw new CodedError('not-now', refusal.detail);
      await audit(actor.id, 'quarantine.replay', id);
      return c.json({ ...done, refusals: [] }, 200);
    });
}
