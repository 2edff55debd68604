import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId, ProviderId } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import { QuarantineItem } from '../../model/quarantine.ts';
import { Reason } from '../../model/reason.ts';
import { phenomenonTime } from '../../model/telemetry.ts';
import { batches } from '../../storage/batches.ts';
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
import { replayOf } from '../replay.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

/** Items looked at, and messages appended, at a time. */
const PAGE = 500;
/** Refusals that are named. */
const NAMED = 100;

const params = z.object({ id: QuarantineItem.shape.id });

const Time = z
  .union([z.string(), z.number()])
  .refine((time) => phenomenonTime(time) !== undefined, 'neither RFC 3339 nor milliseconds since the epoch')
  .transform((time) => phenomenonTime(time));

/** Which items; all that were not replayed yet where nothing is given. */
const Filters = z
  .strictObject({
    device: DeviceId.optional(),
    provider: ProviderId.optional(),
    reason: Reason.optional(),
    from: Time.optional().meta({ description: 'Of receipt, inclusive.' }),
    to: Time.optional().meta({ description: 'Of receipt, exclusive.' }),
  })
  .meta({ id: 'QuarantineFilters', example: { reason: 'unknown-device', from: '2026-11-23T00:00:00+07:00' } });

const count = z.number().int().nonnegative();
const Replayed = z
  .object({
    replayed: count.meta({ description: 'Items.' }),
    messages: count.meta({ description: 'That went into the journal again: several items may be of one.' }),
    refused: count.meta({ description: 'Items that cannot be replayed, and stay as they are.' }),
    refusals: z.array(z.object({ id: z.string(), detail: z.string() })).meta({ description: `The first ${NAMED}.` }),
  })
  .meta({ id: 'Replayed' });
type Replayed = z.infer<typeof Replayed>;

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
  description: 'Those of the items that the body’s filters choose and that were not replayed yet; `{}` means all.',
  security: keySecurity,
  request: { query: NoQuery, body: { required: true, content: { 'application/json': { schema: Filters } } } },
  responses: {
    200: json(Replayed, 'They are in the journal'),
    ...keyProblems,
    ...tooLarge,
    ...wrongMedia,
    ...unavailable,
  },
});

const seqOf = (id: string) => Number(id.slice(0, id.indexOf('-')));

/** What could not be stored is tried again after its cause was mended: the administrator's to do. */
export function quarantineReplayRoutes({ quarantine, guard, audit, now }: Services, deps: ReplayDeps) {
  /** All items of the same message as `item`, for the message goes again as a whole. */
  async function siblings({ id, device, received }: QuarantineItem): Promise<readonly string[]> {
    const at = Date.parse(received);
    const found = await quarantine.list({ device, from: at, to: at + 1, limit: 10_000 });
    return found.filter((other) => seqOf(other.id) === seqOf(id)).map((other) => other.id);
  }

  /** Replays the messages of the items, each once; `items` hold any one item of each message, oldest first. */
  async function replay(items: readonly QuarantineItem[]): Promise<Replayed> {
    const refusals: Replayed['refusals'] = [];
    const ids: string[] = [];
    for (const item of items) {
      const answer = replayOf(item, now(), deps.rawRetention);
      if ('refused' in answer) refusals.push({ id: item.id, detail: answer.refused });
      else ids.push(...(await siblings(item)));
    }
    // Of several who replay at the same time one gets an item: only what it got goes into the journal.
    const claimed = await quarantine.claim(ids);
    const messages = new Map(claimed.map((item) => [seqOf(item.id), item]));
    const entries = [...messages.values()].flatMap((item) => {
      const answer = replayOf(item, now(), Number.POSITIVE_INFINITY);
      return 'entry' in answer ? [answer.entry] : [];
    });
    await deps.journal.appendAll(entries);
    return { replayed: claimed.length, messages: entries.length, refused: refusals.length, refusals };
  }

  /** One id for each message with a chosen item that was not replayed, oldest first. */
  async function choose(filters: z.output<typeof Filters>): Promise<readonly string[]> {
    const chosen = new Map<number, string>();
    let after: string | undefined;
    for (;;) {
      const page = await quarantine.list({ ...filters, after, limit: PAGE });
      for (const { id, replayed } of page) if (replayed === null) chosen.set(seqOf(id), id);
      after = page.at(-1)?.id;
      if (page.length < PAGE) return [...chosen.values()].reverse();
    }
  }

  const router = createRouter();
  // Who asks is settled before a byte of the body is read.
  for (const path of ['/quarantine/replay', '/quarantine/:id/replay'])
    router.use(path, (c, next) => {
      guard.scoped(c.get('key'), 'admin');
      return next();
    });

  return router
    .openapi(many, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const total: Replayed = { replayed: 0, messages: 0, refused: 0, refusals: [] };
      for (const ids of batches(await choose(c.req.valid('json')), PAGE)) {
        const items = await Promise.all(ids.map((id) => quarantine.get(id)));
        const part = await replay(items.filter((item) => item !== undefined));
        total.replayed += part.replayed;
        total.messages += part.messages;
        total.refused += part.refused;
        total.refusals = [...total.refusals, ...part.refusals].slice(0, NAMED);
      }
      await audit(actor.id, 'quarantine.replay', `${total.replayed} items, ${total.messages} messages`);
      return c.json(total, 200);
    })
    .openapi(one, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { id } = c.req.valid('param');
      const item = await quarantine.get(id);
      if (!item) throw new CodedError('not-found', `there is no item ${id} in the quarantine`);
      if (item.replayed !== null) throw new CodedError('not-now', `it was replayed at ${item.replayed}`);
      const done = await replay([item]);
      const [refusal] = done.refusals;
      if (refusal) throw new CodedError('not-now', refusal.detail);
      await audit(actor.id, 'quarantine.replay', id);
      return c.json(done, 200);
    });
}
