import { createRoute, z } from '@hono/zod-openapi';
import type { BBox } from '../../model/geometry.ts';
import { instant } from '../../model/observation.ts';
import { bbox, questionOf, viewFilters } from '../map/asked.ts';
import { AGES, countFacets, type Facets, widened } from '../map/facets.ts';
import { createFeatures } from '../map/feature.ts';
import { SORTS, type Summed, sumUp } from '../map/summary.ts';
import type { FactsQuestion } from '../map/tiles/facts.ts';
import type { Indexes } from '../map/tiles/indexes.ts';
import { keptWithIndex } from '../map/tiles/kept.ts';
import { createTotals, DEVICES_AT_MOST, MODES, modeOf } from '../map/totals.ts';
import { json, NoQuery, notFound, openSecurity, readProblems } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { ReadServices } from '../services.ts';
import { MapFeature } from '../views.ts';

const number = z.number().int();
const mode = z.enum(MODES).meta({
  description: `How the domain is best drawn: of its devices, or of tiles where there are more than ${DEVICES_AT_MOST}.`,
});
const registered = number.meta({ description: 'Active devices of the domain, whatever was asked.' });

export const MapTotal = z.object({ domain: z.string(), registered, mode }).meta({ id: 'MapTotal' });
export type MapTotal = z.infer<typeof MapTotal>;

const levels = z.object({ good: number, fair: number, poor: number, severe: number, none: number });
const counted = z.array(z.object({ id: z.string(), devices: number }));

export const MapFacets = z
  .object({
    ...{ conditions: counted, levels: counted, kinds: counted, providers: counted, areas: counted },
    fresh: z
      .array(z.object({ within: z.number(), devices: number }))
      .meta({ description: `By seconds: ${AGES.join(', ')} and what was asked for.` }),
  })
  .meta({
    id: 'MapFacets',
    description:
      'How many devices in view each choice of a filter would leave, with all the other filters on. `areas`: wards.',
  });

export const MapSummary = z
  .object({
    domain: z.string(),
    time: z.iso.datetime().meta({ description: 'When it was looked.' }),
    registered,
    mode,
    devices: number.meta({ description: 'Devices within the view that the filters choose.' }),
    simulated: number.meta({ description: 'How many of them are simulated.' }),
    conditions: z.object({ live: number, silent: number, offline: number, new: number }),
    levels: levels.meta({
      description: 'Of those that are live; `none` where the value is missing, closed to you or not judged.',
    }),
    kinds: z.array(z.object({ kind: z.string(), devices: number })),
    marks: z
      .object({
        ...{ silent: number, offline: number, empty: number, hidden: number },
        ...{ stale: number, doubtful: number, quarantined: number },
      })
      .meta({
        description: [
          'How many are drawn in which way: with a value that is of the past (`silent`, `offline`), without one (`empty`),',
          'with one that is closed to you (`hidden`); of all of them, what is shown of a live one is old (`stale`) or its',
          'device doubts it (`doubtful`), and messages of the last day wait in the quarantine (0 where you may not read it).',
        ].join(' '),
      }),
    figures: z
      .array(
        z.object({
          metric: z.string(),
          levels,
          spread: z
            .object({ bounds: z.array(z.number()), devices: z.array(number) })
            .nullable()
            .meta({
              description: [
                'Of values without a level: at most 201 bounds, never falling, that cut those of all devices, in view or not, into',
                'equal shares, and how many devices in view stand from each bound until below the next. Null where there are none.',
              ].join(' '),
            }),
        }),
      )
      .meta({ description: 'Live devices by the metric that they are told by.' }),
    facets: MapFacets.nullable().meta({ description: 'Null where it was not asked for.' }),
    first: z.array(MapFeature).meta({ description: 'The first of them, as in GET /api/v1/map/{domain}.' }),
  })
  .meta({ id: 'MapSummary' });
export type MapSummary = z.infer<typeof MapSummary>;

const totals = createRoute({
  method: 'get',
  path: '/map',
  tags: ['data'],
  summary: 'How many devices each domain has on the map, and how it is best drawn',
  security: openSecurity,
  request: { query: NoQuery },
  responses: { 200: json(z.object({ items: z.array(MapTotal) }), 'One for each domain'), ...readProblems },
});

const summary = createRoute({
  method: 'get',
  path: '/map/{domain}/summary',
  tags: ['data'],
  summary: 'What a view of the map holds: counts, and the first of its devices',
  description: [
    'Beside the tiles of GET /api/v1/map/{domain}/tiles, and as old as they are. With `bbox`, a device that moves is where it',
    'was last seen and a line where its middle is; without, those that were never seen anywhere count too. In the order',
    '`severity`: live ones at `severe` and `poor`, who is `offline` and `silent`, `fair`, `good`, without a level, `new`; each by name.',
  ].join(' '),
  security: openSecurity,
  request: {
    params: z.object({ domain: z.string().meta({ example: 'traffic' }) }),
    query: z.strictObject({
      ...viewFilters,
      bbox,
      facets: z
        .enum(['0', '1'])
        .default('0')
        .meta({ param: { description: '1 to count by the choices of every filter too.' } }),
      sort: z.enum(SORTS).default('name'),
      limit: z.coerce
        .number()
        .int()
        .min(0)
        .max(500)
        .default(200)
        .meta({ param: { description: 'Devices in `first`.' } }),
    }),
  },
  responses: { 200: json(MapSummary, 'The view in numbers'), ...readProblems, ...notFound },
});

/** Views of one index that are kept for who asks next: a page asks again every few seconds, and many look at the same. */
const KEPT = 64;

const listed = (counts: ReadonlyMap<string, number>) =>
  [...counts].map(([id, devices]) => ({ id, devices })).sort((a, b) => (a.id < b.id ? -1 : 1));

const facetsView = ({ fresh, ...others }: Facets): z.infer<typeof MapFacets> => ({
  conditions: listed(others.conditions),
  levels: listed(others.levels),
  kinds: listed(others.kinds),
  providers: listed(others.providers),
  areas: listed(others.areas),
  fresh: [...fresh]
    .map(([within, devices]) => ({ within: Number(within), devices }))
    .sort((a, b) => a.within - b.within),
});

/** What stands beside the map by view. */
export function mapSummaryRoutes(services: ReadServices, indexes: Indexes) {
  const { catalogue, guard, live, areas } = services;
  const all = createTotals(services);
  const summed = keptWithIndex<Summed>(KEPT);
  const faceted = keptWithIndex<Facets>(KEPT);

  async function facetsOf(question: FactsQuestion, box: BBox | undefined): Promise<Facets> {
    const { area } = question.filters;
    // Without any of those filters it is the same index that tiles are drawn of.
    const [index, wards, contains] = await Promise.all([
      indexes.of(widened(question)),
      areas.wards(),
      area === undefined ? undefined : areas.contains(area),
    ]);
    // Who may see what is told apart by the index.
    const name = JSON.stringify([question.filters, question.levels, box]);
    return faceted(index, name, () => countFacets(index.facts, question, { bbox: box, at: index.at, wards, contains }));
  }

  return createRouter()
    .openapi(totals, async (c) => {
      guard.read(c.get('key'));
      const counted = await all.byDomain();
      const items = catalogue.domains.map(({ id }) => {
        const registered = counted.get(id) ?? 0;
        return { domain: id, registered, mode: modeOf(registered) };
      });
      return c.json({ items }, 200);
    })
    .openapi(summary, async (c) => {
      const { domain } = c.req.valid('param');
      const { bbox: box, sort, limit, facets, ...asked } = c.req.valid('query');
      const question = questionOf(services, c.get('key'), domain, asked);
      const [index, counted] = await Promise.all([indexes.of(question), all.byDomain()]);
      const chosen = facets === '1' ? await facetsOf(question, box) : null;
      const view = { bbox: box, sort, limit };
      const { kinds, figures, first, ...counts } = await summed(index, JSON.stringify(view), () =>
        sumUp(index.facts, view),
      );
      const featureOf = createFeatures({ at: index.at, shows: question.shows }, services);
      const registered = counted.get(domain) ?? 0;
      return c.json(
        {
          ...{ domain, time: instant(index.at), registered, mode: modeOf(registered), ...counts },
          kinds: [...kinds].map(([kind, devices]) => ({ kind, devices })).sort((a, b) => (a.kind < b.kind ? -1 : 1)),
          figures: [...figures].map(([metric, its]) => ({
            metric,
            levels: its.levels,
            spread: its.spread && { bounds: [...its.spread.bounds], devices: [...its.spread.devices] },
          })),
          facets: chosen && facetsView(chosen),
          first: first.map(({ device }) => featureOf(device, live.latest(device.id))),
        },
        200,
      );
    });
}
