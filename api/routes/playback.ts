import { createRoute, z } from '@hono/zod-openapi';
import { MetricId } from '../../model/metric.ts';
import { ARCHIVED_DAYS_AT_MOST, BUCKETS_AT_MOST, PLAYBACK_CELLS_AT_MOST, Playback } from '../../model/playback.ts';
import { notFound, openSecurity, readProblems } from '../openapi.ts';
import {
  bucketParams,
  bucketsOf,
  checkArchived,
  checkCells,
  metricsIn,
  requiredMetrics,
  seriesOf,
} from '../playback/question.ts';
import { writePlayback } from '../playback/write.ts';
import { createRouter } from '../router.ts';
import type { ReadServices } from '../services.ts';

/** Metrics of one answer: what a panel shows of a kind, and some more. */
const METRICS_AT_MOST = 20;
/** Typed as any media type: the handler answers text it has written in turns, not an object. */
const JSON_TEXT: string = 'application/json';

const route = createRoute({
  method: 'get',
  path: '/playback/{domain}',
  tags: ['data'],
  summary: 'A stored range of a domain, bucket by bucket, ready to be played',
  description: [
    'For every device and metric the newest observation within each bucket of `step`, by phenomenon time: one column',
    'each, of those that told anything in the range. The last 24 hours by default. Invalid observations are left out; where',
    'any is suspect, `quality` says which. What moves has `positions`. Corrected values appear as corrected.',
    'The filters choose devices as they are registered now, retired ones too unless `state` says otherwise; `condition` and',
    '`fresh_within` judge how they do right now. With `bbox`, `area` or `within`, what moves is told of the buckets in',
    'which it was seen there last.',
    `At most ${BUCKETS_AT_MOST.toLocaleString('en')} buckets, and ${PLAYBACK_CELLS_AT_MOST.toLocaleString('en')} devices times metrics times`,
    'buckets: what is more is refused, and the problem says what would do. Derived metrics are not played back: ask for',
    'aggregates. Raw days behind the retention are archived and told all the same, though more slowly: at most',
    `${ARCHIVED_DAYS_AT_MOST} of them at a time. Behind the archive’s own retention there is nothing.`,
  ].join(' '),
  security: openSecurity,
  request: {
    params: z.object({ domain: z.string().meta({ example: 'traffic' }) }),
    query: z.strictObject({ metric: requiredMetrics(MetricId, METRICS_AT_MOST), ...bucketParams }),
  },
  responses: {
    200: { description: 'The range, columnar', content: { [JSON_TEXT]: { schema: Playback } } },
    ...readProblems,
    ...notFound,
  },
});

/** The past of a domain, for whoever plays it. */
export function playbackRoutes(services: ReadServices) {
  const { catalogue, guard, selector, history, archive, config, now } = services;

  return createRouter().openapi(route, async (c) => {
    const key = c.get('key');
    guard.read(key);
    const { domain } = c.req.valid('param');
    const { metric, from: asked, to: until, step, ...filters } = c.req.valid('query');
    const metrics = metricsIn(services, domain, key, metric);
    const buckets = bucketsOf({ from: asked, to: until, step }, config.timezone, now());
    const { fixed, moving, place } = await selector.select({ domain, ...filters });
    const devices = [...fixed, ...moving];
    checkCells(seriesOf(catalogue, metrics, devices), buckets, PLAYBACK_CELLS_AT_MOST);

    await checkArchived(archive, buckets);
    const asking = { ...buckets, devices: devices.map(({ id }) => id), metrics };
    const frames = await history.frames(asking, c.req.raw.signal);
    // Devices may report what their kind does not name.
    checkCells(frames.length, buckets, PLAYBACK_CELLS_AT_MOST);
    const order = (id: string) => metrics.indexOf(id);
    const ordered = [...frames].sort((a, b) =>
      a.device < b.device ? -1 : a.device > b.device ? 1 : order(a.metric) - order(b.metric),
    );
    const movers = new Set(moving.map(({ id }) => id));
    const { body, tag } = await writePlayback(buckets, step, ordered, movers, place);
    return c.body(body, 200, { 'content-type': 'application/json', etag: tag });
  });
}
