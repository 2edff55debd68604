import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId } from '../../model/device.ts';
import { MetricId } from '../../model/metric.ts';
import { type Observation, ObservationView, viewOf } from '../../model/observation.ts';
import { CodedError } from '../../model/problem.ts';
import type { ApiKey } from '../../storage/registry/port.ts';
import type { Identity, RangeQuery } from '../../storage/telemetry/port.ts';
import { createCursors } from '../cursor.ts';
import { json, listOf, openSecurity, readProblems } from '../openapi.ts';
import { cursor, deviceFilters, instantParam, limit, moment, rangeOf, several } from '../query.ts';
import { createRouter } from '../router.ts';
import type { DeviceFilters, Place } from '../selection.ts';
import type { Services } from '../services.ts';

/** Observations read for one page where a place filter leaves some out. */
const READ_AT_MOST = 50_000;

const route = createRoute({
  method: 'get',
  path: '/observations',
  tags: ['data'],
  summary: 'Raw observations, ordered by time, device and metric',
  description: [
    'The last 24 hours by default. Corrected values appear as corrected.',
    'With `bbox` or `area`, a device that moves is judged by where each observation was made; a page may then hold',
    'fewer items than `limit` although `next` is not null.',
  ].join(' '),
  security: openSecurity,
  request: {
    query: z.strictObject({
      device: several(DeviceId, 'Device ids.'),
      metric: several(MetricId, 'Metric ids.', 100),
      ...deviceFilters,
      from: instantParam('Inclusive.', 'from'),
      to: instantParam('Exclusive.', 'to'),
      limit: limit(1_000, 10_000),
      cursor,
    }),
  },
  responses: { 200: json(listOf(ObservationView), 'A page of observations'), ...readProblems },
});

/** A page's end: the last identity that was read, and the range, which may have been the default of another moment. */
const PagePlace = z.tuple([z.string(), z.string(), z.number().int(), moment, moment]);

/** Reading raw observations. */
export function observationRoutes(services: Services) {
  const { catalogue, telemetry, guard, selector, now } = services;
  const cursors = createCursors('observations', PagePlace);

  /** The metrics to read: those asked for, or all that show; undefined for all there are. */
  function metricsFor(key: ApiKey | undefined, asked: readonly string[] | undefined): readonly string[] | undefined {
    if (asked) {
      for (const id of asked) {
        const metric = catalogue.metric(id);
        if (!metric) throw new CodedError('invalid-request', `metric: there is no metric ${id} that devices report`);
        guard.metric(key, metric);
      }
      return asked;
    }
    const all = catalogue.domains.flatMap(({ metrics }) => metrics);
    const shown = all.filter(({ id }) => guard.shows(key, id));
    return shown.length === all.length ? undefined : shown.map(({ id }) => id);
  }

  /** The devices to read and, where some of them move and a place is asked for, how to judge their observations. */
  async function devicesFor(filters: DeviceFilters) {
    const { device, simulated, ...others } = filters;
    const narrowed = Object.values(others).some((value) => value !== undefined) || simulated !== 'include';
    // Devices that are registered no more still have observations.
    if (!narrowed) return { devices: device, keep: undefined };
    const { fixed, moving, place } = await selector.select(filters);
    const devices = [...fixed, ...moving].map(({ id }) => id);
    return {
      devices,
      keep: place && moving.length > 0 ? judge(place, new Set(moving.map(({ id }) => id))) : undefined,
    };
  }

  const judge = (place: Place, moving: ReadonlySet<string>) => (observation: Observation) =>
    !moving.has(observation.device) || (observation.position !== undefined && place(observation.position));

  /** Reads until the page is full or nothing is left. `last` is set where there may be more. */
  async function page(query: RangeQuery, keep: ((observation: Observation) => boolean) | undefined) {
    const items: Observation[] = [];
    let after: Identity | undefined = query.after;
    for (let read = 0; read < READ_AT_MOST; ) {
      const batch = await telemetry.range({ ...query, after, limit: query.limit + 1 });
      for (const observation of batch) {
        if (items.length === query.limit) return { items, last: after };
        after = observation;
        if (!keep || keep(observation)) items.push(observation);
      }
      if (batch.length <= query.limit) return { items, last: undefined };
      read += batch.length;
    }
    return { items, last: after };
  }

  return createRouter().openapi(route, async (c) => {
    const key = c.get('key');
    guard.read(key);
    const { metric, from: asked, to: until, limit: size, cursor: at, ...filters } = c.req.valid('query');
    const place = cursors.read(c.req.url, at);
    const { from, to } = place ? { from: place[3], to: place[4] } : rangeOf({ from: asked, to: until }, now());
    if (from >= to) throw new CodedError('invalid-request', 'from must be before to');
    const metrics = metricsFor(key, metric);
    const { devices, keep } = await devicesFor(filters);
    if (devices?.length === 0) return c.json({ items: [], next: null }, 200);
    const after = place && { device: place[0], metric: place[1], time: place[2] };
    const { items, last } = await page({ devices, metrics, from, to, after, limit: size }, keep);
    const next = last ? cursors.write(c.req.url, [last.device, last.metric, last.time, from, to]) : null;
    return c.json({ items: items.map(viewOf), next }, 200);
  });
}
