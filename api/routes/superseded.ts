import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId } from '../../model/device.ts';
import { MetricId } from '../../model/metric.ts';
import { instant, ObservationView, viewOf } from '../../model/observation.ts';
import { CodedError } from '../../model/problem.ts';
import { json, openSecurity, readProblems } from '../openapi.ts';
import { instantParam } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const SupersededView = z
  .object({
    device: DeviceId,
    metric: MetricId,
    time: z.iso.datetime(),
    current: ObservationView.nullable().meta({ description: 'What holds now; null where nothing is held.' }),
    superseded: z.array(z.number()).meta({ description: 'The values it had before, in the order of their receipt.' }),
  })
  .meta({ id: 'Superseded' });

const route = createRoute({
  method: 'get',
  path: '/observations/superseded',
  tags: ['data'],
  summary: 'The values that corrections replaced',
  description: [
    'An observation is known by its device, metric and phenomenon time. A different value for the same is a correction:',
    'it holds from then on, and the one before is kept here. Archived observations are found too.',
  ].join(' '),
  security: openSecurity,
  request: {
    query: z.strictObject({
      device: DeviceId,
      metric: MetricId,
      time: instantParam('The phenomenon time, to the millisecond.', 'from').pipe(z.number()),
    }),
  },
  responses: { 200: json(SupersededView, 'What holds and what held before'), ...readProblems },
});

/** Reading what corrections replaced. */
export function supersededRoutes({ catalogue, history, guard }: Services) {
  return createRouter().openapi(route, async (c) => {
    const key = c.get('key');
    guard.read(key);
    const { device, metric, time } = c.req.valid('query');
    const row = catalogue.metric(metric);
    if (!row) throw new CodedError('invalid-request', `metric: there is no metric ${metric} that devices report`);
    guard.metric(key, row);
    const [current] = await history.range({ devices: [device], metrics: [metric], from: time, to: time + 1, limit: 1 });
    const superseded = current ? [...(await history.superseded({ device, metric, time }))] : [];
    return c.json({ device, metric, time: instant(time), current: current ? viewOf(current) : null, superseded }, 200);
  });
}
