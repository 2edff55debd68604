import { createRoute, z } from '@hono/zod-openapi';
import type { Device } from '../../model/device.ts';
import { MetricId } from '../../model/metric.ts';
import { instant } from '../../model/observation.ts';
import { ARCHIVED_DAYS_AT_MOST, BUCKETS_AT_MOST, VOLUME_CELLS_AT_MOST, Volume } from '../../model/playback.ts';
import { mapInTurns } from '../../storage/batches.ts';
import { onWholeHours } from '../../storage/telemetry/buckets.ts';
import type { VolumeRow } from '../../storage/telemetry/port.ts';
import { createDues, serviceOf } from '../aggregates/due.ts';
import { centreOf } from '../aggregates/grouping.ts';
import { json, notFound, openSecurity, readProblems } from '../openapi.ts';
import {
  type Buckets,
  bucketParams,
  bucketsOf,
  checkArchived,
  checkCells,
  metricsIn,
  reportersOf,
  seriesOf,
} from '../playback/question.ts';
import { several } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Place } from '../selection.ts';
import type { ReadServices } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/volume/{domain}',
  tags: ['data'],
  summary: 'How much data there is of a domain, bucket by bucket',
  description: [
    'For every bucket of `step` how many observations were made within it by phenomenon time, by how many devices, and how',
    'many were due: of the metrics asked for, or of all of the domain that show to whoever asks. The last 24 hours by',
    'default. Invalid observations are left out. The filters choose devices as they are registered now; with `bbox`, `area`',
    'or `within`, what moves counts with what it observed there, as in aggregates. `expected` is what is due from each device',
    'since it was registered, or since the metric’s first bucket where more was received than that; with such a place null',
    'while moving devices come into it.',
    `At most ${BUCKETS_AT_MOST.toLocaleString('en')} buckets, and ${VOLUME_CELLS_AT_MOST.toLocaleString('en')} devices times metrics times buckets.`,
    'Whole hours, with a step of PT1H or P1D, come from hour rows, which are kept for years. Shorter ones, and what moves in a',
    `place, come from raw observations, the archived days among them: at most ${ARCHIVED_DAYS_AT_MOST} of these at a time.`,
  ].join(' '),
  security: openSecurity,
  request: {
    params: z.object({ domain: z.string().meta({ example: 'traffic' }) }),
    query: z.strictObject({ metric: several(MetricId, 'Metric ids; all by default.', 100), ...bucketParams }),
  },
  responses: { 200: json(Volume, 'An item for each bucket'), ...readProblems, ...notFound },
});

/** How much is stored, for whoever chooses what to play. */
export function volumeRoutes(services: ReadServices) {
  const { catalogue, guard, selector, history, archive, config, now } = services;

  /** Observations due in each bucket, all metrics together. */
  function dueOf(
    reporters: ReadonlyMap<string, readonly Device[]>,
    { from, to, starts }: Buckets,
    rows: readonly VolumeRow[],
    at: number,
  ): readonly number[] {
    const expected = starts.map(() => 0);
    for (const [metric, devices] of reporters) {
      const interval = catalogue.metric(metric)?.interval;
      if (interval === undefined) continue;
      const own = new Map(rows.filter((row) => row.metric === metric).map((row) => [row.start, row]));
      const oldest = Math.max(from, Math.min(...own.keys()));
      const dues = createDues(devices.map(serviceOf), interval, { from, to, now: at }, oldest);
      for (const [i, start] of starts.entries()) {
        const row = own.get(start);
        const received = { count: row?.observations ?? 0, devices: row?.devices ?? 0 };
        expected[i] = (expected[i] ?? 0) + dues.of({ start, end: starts[i + 1] ?? to }, received);
      }
    }
    return expected;
  }

  /** The devices, by the cells of the place in which they observed anything; undefined where there are none. */
  async function seenIn(place: Place, devices: readonly string[], metrics: readonly string[], { from, to }: Buckets) {
    if (devices.length === 0) return undefined;
    const cells = new Set<string>();
    for (const metric of metrics) for (const cell of await history.cells(devices, metric, from, to)) cells.add(cell);
    const within = await mapInTurns([...cells], (cell) => (place(centreOf(cell)) ? [cell] : []));
    const found = within.flat();
    return found.length === 0 ? undefined : { devices, cells: found };
  }

  return createRouter().openapi(route, async (c) => {
    const key = c.get('key');
    guard.read(key);
    const { domain } = c.req.valid('param');
    const { metric, from: asked, to: until, step, ...filters } = c.req.valid('query');
    const metrics = metricsIn(services, domain, key, metric);
    const at = now();
    const buckets = bucketsOf({ from: asked, to: until, step }, config.timezone, at);
    const { fixed, moving, place } = await selector.select({ domain, ...filters });
    checkCells(seriesOf(catalogue, metrics, [...fixed, ...moving]), buckets, VOLUME_CELLS_AT_MOST);

    const raw = (place && moving.length > 0) || !onWholeHours(buckets.starts);
    if (raw) await checkArchived(archive, buckets);
    // Where a place is asked for, what moves counts by where it was.
    const members = place ? fixed : [...fixed, ...moving];
    const ids = (some: readonly Device[]) => some.map(({ id }) => id);
    const movers = place && (await seenIn(place, ids(moving), metrics, buckets));
    const rows = await history.volume({ ...buckets, devices: ids(members), metrics, movers }, c.req.raw.signal);
    const together = new Map(rows.filter((row) => row.metric === undefined).map((row) => [row.start, row]));
    const reporters = new Map(metrics.map((id) => [id, reportersOf(catalogue, id, members)]));
    const expected = movers ? undefined : dueOf(reporters, buckets, rows, at);
    const items = buckets.starts.map((start, i) => ({
      time: instant(start),
      observations: together.get(start)?.observations ?? 0,
      devices: together.get(start)?.devices ?? 0,
      expected: expected?.[i] ?? null,
    }));
    return c.json({ from: instant(buckets.from), to: instant(buckets.to), step, items }, 200);
  });
}
