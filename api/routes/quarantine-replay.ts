import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId, ProviderId } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import { QuarantineItem, RefusalCode } from '../../model/quarantine.ts';
import { Reason } from '../../model/reason.ts';
import { phenomenonTime } from '../../model/telemetry.ts';
import { FORMATS } from '../../model/topic.ts';
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
import { MENDERS, reached, reachOf, within } from '../quarantine.ts';
import { createReplayer, REFUSALS_NAMED } from '../replay.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const params = z.object({ id: QuarantineItem.shape.id });

const Time = z
  .union([z.string(), z.number()])
  .refine((time) => phenomenonTime(time) !== undefined, 'neither RFC 3339 nor milliseconds since the epoch')
  .transform((time) => phenomenonTime(time));

/** Which items, of those that wait. Nothing stands for all of them but the word itself. */
const Choice = z
  .strictObject({
    all: z.literal(true).optional().meta({ description: 'All; then no filter is given.' }),
    device: DeviceId.optional(),
    provider: ProviderId.optional(),
    reason: Reason.optional(),
    domain: z.string().max(64).optional(),
    format: z.enum(FORMATS).optional(),
    from: Time.optional().meta({ description: 'Of receipt, inclusive.' }),
    to: Time.optional().meta({ description: 'Of receipt, exclusive.' }),
    limit: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .meta({ description: 'Items to look at; then `next` is where to go on. All of them by default.' }),
    after: QuarantineItem.shape.id.optional().meta({ description: '`next` of the answer before.' }),
  })
  .refine(
    ({ all, limit: _, after: __, ...filters }) => (all === true) !== Object.keys(filters).length > 0,
    'choose by filters, or say {"all": true}',
  )
  .meta({ id: 'ReplayChoice', example: { reason: 'unknown-device', from: '2026-11-23T00:00:00+07:00' } });

const count = z.number().int().nonnegative();
/** What became of items that were to be replayed. */
export const ReplayedView = z
  .object({
    replayed: count.meta({ description: 'Items.' }),
    messages: count.meta({ description: 'That went into the journal again: several items may be of one.' }),
    refused: count.meta({ description: 'Messages that cannot be replayed; their items stay as they are.' }),
    refusals: z
      .array(z.object({ id: z.string(), code: RefusalCode, detail: z.string() }))
      .meta({ description: `The first ${REFUSALS_NAMED}.` }),
    next: z.string().nullable().meta({ description: 'Where to go on after `limit` items; null at the end.' }),
  })
  .meta({ id: 'Replayed' });

const one = createRoute({
  method: 'post',
  path: '/quarantine/{id}/replay',
  tags: ['operations'],
  summary: 'Sends the message of an item through the city again',
  description: [
    'The whole message, as it came and with the time of its first receipt: what was stored of it is counted as duplicate.',
    'Domain and provider are those that its device has now. An item is replayed at most once; a key of one provider',
    'replays what that provider’s devices sent.',
  ].join(' '),
  security: keySecurity,
  request: { params, query: NoQuery },
  responses: {
    200: json(ReplayedView, 'It is in the journal'),
    ...keyProblems,
    ...notFound,
    ...notNow,
    ...unavailable,
  },
});

const many = createRoute({
  method: 'post',
  path: '/quarantine/replay',
  tags: ['operations'],
  summary: 'Sends many messages through the city again, in the order they came',
  description: [
    'Those of the items that wait and that the body chooses: by one filter or more, or `{"all": true}`. Each message goes',
    'at most once, however many ask at the same time. A key of one provider replays what that provider’s devices sent.',
  ].join(' '),
  security: keySecurity,
  request: { query: NoQuery, body: { required: true, content: { 'application/json': { schema: Choice } } } },
  responses: {
    200: json(ReplayedView, 'They are in the journal'),
    ...keyProblems,
    ...tooLarge,
    ...wrongMedia,
    ...unavailable,
  },
});

/** What could not be stored is tried again after its cause was mended: for the administrator, and each provider for its own. */
export function quarantineReplayRoutes({ quarantine, directory, guard, audit, now }: Services, deps: ReplayDeps) {
  const replayer = createReplayer({ ...deps, quarantine, directory, now });
  const router = createRouter();
  // Who asks is settled before a byte of the body is read.
  for (const path of ['/quarantine/replay', '/quarantine/:id/replay'])
    router.use(path, (c, next) => {
      guard.scoped(c.get('key'), ...MENDERS);
      return next();
    });

  return router
    .openapi(many, async (c) => {
      const key = guard.scoped(c.get('key'), ...MENDERS);
      const { all: _, limit, after, ...filters } = c.req.valid('json');
      const done = await replayer.all(within(key, filters), reachOf(key), { limit, after });
      if (done.messages > 0)
        await audit(key.id, 'quarantine.replay', `${done.replayed} items, ${done.messages} messages`);
      return c.json({ ...done, refusals: [...done.refusals] }, 200);
    })
    .openapi(one, async (c) => {
      const key = guard.scoped(c.get('key'), ...MENDERS);
      const { id } = c.req.valid('param');
      const item = reached(key, id, await quarantine.get(id));
      if (item.replayed !== null) throw new CodedError('not-now', `it was replayed at ${item.replayed}`);
      if (item.dismissed !== null) throw new CodedError('not-now', `it was dismissed at ${item.dismissed}`);
      const done = await replayer.one(id, reachOf(key));
      const [refusal] = done.refusals;
      if (refusal) throw new CodedError('not-now', refusal.detail, [{ path: refusal.code, message: refusal.detail }]);
      if (done.messages === 0) throw new CodedError('not-now', 'somebody else replays it, or did');
      await audit(key.id, 'quarantine.replay', id);
      return c.json({ ...done, refusals: [], next: null }, 200);
    });
}
