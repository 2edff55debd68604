import { createRoute, z } from '@hono/zod-openapi';
import { ObservationView, viewOf } from '../../model/observation.ts';
import { CodedError } from '../../model/problem.ts';
import { mapInTurns } from '../../storage/batches.ts';
import { archivesLink } from '../archives-link.ts';
import { createCursors } from '../cursor.ts';
import { createObservationChoice, observationFilters } from '../observation-choice.ts';
import { json, listOf, openSecurity, readProblems } from '../openapi.ts';
import { cursor, limit, moment, rangeOf } from '../query.ts';
import { readPage } from '../read-page.ts';
import { createRouter } from '../router.ts';
import type { ReadServices } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/observations',
  tags: ['data'],
  summary: 'Raw observations, ordered by time, device and metric',
  description: [
    'The last 24 hours by default. Corrected values appear as corrected.',
    'With `bbox` or `area`, a device that moves is judged by where each observation was made; a page may then hold',
    'fewer items than `limit` although `next` is not null. Raw days behind the retention are archived: where the range',
    'meets any, a `Link` with `rel="archives"` names the export that has them too.',
  ].join(' '),
  security: openSecurity,
  request: {
    query: z.strictObject({
      ...observationFilters,
      limit: limit(1_000, 10_000),
      cursor,
    }),
  },
  responses: { 200: json(listOf(ObservationView), 'A page of observations'), ...readProblems },
});

/** A page's end: the last identity that was read, and the range, which may have been the default of another moment. */
const PagePlace = z.tuple([z.string(), z.string(), z.number().int(), moment, moment]);

/** Reading raw observations. */
export function observationRoutes(services: ReadServices) {
  const { telemetry, archive, guard, now } = services;
  const choice = createObservationChoice(services);
  const cursors = createCursors('observations', PagePlace);

  return createRouter().openapi(route, async (c) => {
    const key = c.get('key');
    guard.read(key);
    const { metric, from: asked, to: until, limit: size, cursor: at, ...filters } = c.req.valid('query');
    const place = cursors.read(c.req.url, at);
    const { from, to } = place ? { from: place[3], to: place[4] } : rangeOf({ from: asked, to: until }, now());
    if (from >= to) throw new CodedError('invalid-request', 'from must be before to');
    const metrics = choice.metrics(key, metric);
    if (await archive?.holds(from, to)) c.header('Link', archivesLink(c.req.url, { from, to }));
    const { devices, keep } = await choice.devices(filters);
    if (devices?.length === 0) return c.json({ items: [], next: null }, 200);
    const after = place && { device: place[0], metric: place[1], time: place[2] };
    const { items, last } = await readPage({ devices, metrics, from, to, after, limit: size }, keep, (query) =>
      telemetry.range(query),
    );
    const next = last ? cursors.write(c.req.url, [last.device, last.metric, last.time, from, to]) : null;
    return c.json({ items: [...(await mapInTurns(items, viewOf))], next }, 200);
  });
}
