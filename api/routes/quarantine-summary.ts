import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId, ProviderId } from '../../model/device.ts';
import { QuarantineSummary } from '../../model/quarantine.ts';
import { Reason } from '../../model/reason.ts';
import { FORMATS } from '../../model/topic.ts';
import { json, keyProblems, keySecurity } from '../openapi.ts';
import { READERS, reachOf, within } from '../quarantine.ts';
import { instantParam } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

/** The counts, and how full the quarantine is. */
export const Summary = QuarantineSummary.extend({
  kept: z
    .object({
      items: z.number().int(),
      bytes: z.number().int().meta({ description: 'Of payloads.' }),
      dropped: z
        .number()
        .int()
        .meta({ description: 'Items that went before their time, for the quarantine was full.' }),
    })
    .nullable()
    .meta({ description: 'All that the quarantine holds, whatever the filters; null for a key of one provider.' }),
}).meta({ id: 'QuarantineOverview' });

const route = createRoute({
  method: 'get',
  path: '/quarantine/summary',
  tags: ['operations'],
  summary: 'The quarantine in numbers, by reason, provider and device',
  description: [
    'A key of one provider counts what that provider sent. Narrowed by device, provider and reason it is answered from',
    'counts that are kept; by anything else the items are counted anew, which takes longer the more there are.',
  ].join(' '),
  security: keySecurity,
  request: {
    query: z.strictObject({
      device: DeviceId.optional(),
      provider: ProviderId.optional(),
      reason: Reason.optional(),
      domain: z.string().max(64).optional(),
      format: z.enum(FORMATS).optional(),
      from: instantParam('Of receipt, inclusive.', 'from'),
      to: instantParam('Of receipt, exclusive.', 'to'),
      top: z.coerce
        .number()
        .int()
        .min(1)
        .max(1_000)
        .default(10)
        .meta({ param: { description: 'Devices to name.' } }),
    }),
  },
  responses: { 200: json(Summary, 'The counts'), ...keyProblems },
});

/** How much could not be stored, and why. */
export function quarantineSummaryRoutes({ quarantine, guard }: Services) {
  return createRouter().openapi(route, async (c) => {
    const key = guard.scoped(c.get('key'), ...READERS);
    const { top, ...filters } = c.req.valid('query');
    const summary = await quarantine.summary(within(key, filters), top);
    const kept = reachOf(key) === null ? await quarantine.totals() : null;
    return c.json({ ...summary, kept }, 200, { 'cache-control': 'no-store' });
  });
}
