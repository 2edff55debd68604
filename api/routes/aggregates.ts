import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId } from '../../model/device.ts';
import { MetricId } from '../../model/metric.ts';
import { CELL_RESOLUTION, instant } from '../../model/observation.ts';
import { CodedError } from '../../model/problem.ts';
import { mapInTurns } from '../../storage/batches.ts';
import type { ApiKey } from '../../storage/registry/port.ts';
import { WINDOWS } from '../../storage/telemetry/port.ts';
import { createAggregator } from '../aggregates/aggregate.ts';
import { type Answer, completenessOf } from '../aggregates/answer.ts';
import { GROUP_BY, groupingOf } from '../aggregates/grouping.ts';
import { checkPer, perInhabitants } from '../aggregates/inhabitants.ts';
import { createUnfinished } from '../aggregates/paging.ts';
import { CELLS_AT_MOST } from '../aggregates/size.ts';
import { createCursors } from '../cursor.ts';
import { json, openSecurity, readProblems } from '../openapi.ts';
import { cursor, deviceFilters, instantParam, limit, moment, rangeOf, several } from '../query.ts';
import { createRouter } from '../router.ts';
import type { ReadServices } from '../services.ts';

const FUNCTIONS = ['value', 'mean', 'min', 'max', 'sum', 'count', 'p50', 'p95'] as const;
type Fn = (typeof FUNCTIONS)[number];
const DEFAULT_FUNCTIONS: readonly Fn[] = ['mean', 'min', 'max', 'count'];

const figure = z.number().optional();

export const AggregateView = z
  .object({
    group: z.string(),
    time: z.iso.datetime().meta({ description: 'Start of the window; `from` where the window is `all`.' }),
    value: z
      .number()
      .meta({ description: 'The figure as the metric’s row says: per device over time, then over devices.' }),
    mean: figure.meta({ description: 'Mean over devices of each device’s mean.' }),
    min: figure,
    max: figure,
    sum: figure.meta({ description: 'Sum over devices of each device’s figure over time.' }),
    count: z.number().int().optional(),
    p50: figure.meta({ description: 'Not told of windows whose raw observations are not all kept any more.' }),
    p95: figure,
    devices: z.number().int().meta({
      description: 'Devices that contributed. One that moved through several groups within the window counts in each.',
    }),
    expected: z
      .number()
      .int()
      .nullable()
      .meta({
        description: [
          'Observations due from the group’s devices within the window, as far as it lies in the range and in the past:',
          'from each since it was registered, or since the group’s first observation where more was received than that,',
          'and from a retired one until it was last changed. What moving devices left out, of which nobody knows where it',
          'would have been made, is shared out among the groups they came into by place as what they told. Null where nobody can tell.',
        ].join(' '),
      }),
    received: z.number().int(),
    completeness: z.number().min(0).max(1).nullable().meta({
      description: 'received / expected, at most 1; 1 where nothing was due yet. Null only where `expected` is.',
    }),
    oldest: z.iso.datetime(),
    newest: z.iso.datetime(),
    population: z.number().int().optional().meta({ description: 'Inhabitants of the area; only with `per`.' }),
  })
  .meta({ id: 'Aggregate' });
type AggregateView = z.infer<typeof AggregateView>;

const AggregatePage = z.object({
  items: z.array(AggregateView),
  next: z.string().nullable(),
  approximate: z.boolean().meta({ description: 'Whether approximate ward cells were used: it must be shown.' }),
  per: z.number().int().nullable().meta({ description: '`value` and `sum` are per so many inhabitants; null if not.' }),
  without_population: z
    .array(z.string())
    .optional()
    .meta({ description: 'Areas that have figures but no known population and are left out; only with `per`.' }),
});

const route = createRoute({
  method: 'get',
  path: '/aggregates',
  tags: ['data'],
  summary: 'Figures of a metric by group and window, each with how complete it is',
  description: [
    'Per device over time first, then over the devices of a group, as the metric’s row says (`value`). A derived metric has',
    'no other figure: a ratio is that of its two metrics’ values, an index is worked out by its published method from the',
    'hourly values of its inputs, for windows of 1h and 1d, whole ones also at `from`. Invalid observations are left out.',
    'Hours, days and weeks (from Monday) are the city’s. A window in which nothing was received has no item. Items are',
    'ordered by time and group; pages behind the first are cut from the same figures for a minute.',
    'Devices without the tag or outside every area are left out. By area or h3, and within an area or bbox, a moving',
    `device counts with each observation by where it was made: by the centre of its H3 cell at resolution ${CELL_RESOLUTION}, whose`,
    `edges are some 29 m long; one without a position is left out. At most ${CELLS_AT_MOST} groups times windows.`,
    'What is older than raw data are kept is told by whole hours, and not at all by place of what moves, by shorter windows',
    'or where a percentile is asked for: these are of raw data only.',
  ].join(' '),
  security: openSecurity,
  request: {
    query: z.strictObject({
      metric: MetricId.meta({ param: { description: 'A metric or derived metric.' } }),
      fn: several(z.enum(FUNCTIONS), 'Figures besides `value`; by default mean, min, max, count.'),
      window: z.enum(WINDOWS).default('1h'),
      group_by: z
        .string()
        .regex(GROUP_BY, 'one of all, device, area, domain, provider, h3, tag:<name>')
        .default('device')
        .meta({ param: { description: 'all (one group), device, area (ward), domain, provider, h3 or tag:<name>' } }),
      resolution: z.coerce
        .number()
        .int()
        .min(0)
        .max(CELL_RESOLUTION)
        .default(8)
        .meta({ param: { description: 'H3 resolution, with group_by=h3.' } }),
      per: z.coerce
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .optional()
        .meta({
          param: {
            description:
              'Tell `value` and `sum` per so many inhabitants, with group_by=area, of a metric that is a sum over devices.',
          },
        }),
      device: several(DeviceId, 'Device ids.'),
      ...deviceFilters,
      from: instantParam('Inclusive.', 'from'),
      to: instantParam('Exclusive.', 'to'),
      limit: limit(1_000, 10_000),
      cursor,
    }),
  },
  responses: { 200: json(AggregatePage, 'A page of figures'), ...readProblems },
});

/** The last item's window and group, and the range. */
const PagePlace = z.tuple([z.number(), z.string(), moment, moment]);

const isBehind = ({ start, group }: Answer, [window, name]: z.infer<typeof PagePlace>) =>
  start > window || (start === window && group > name);

const byWindow = (a: Answer, b: Answer) => a.start - b.start || (a.group < b.group ? -1 : a.group > b.group ? 1 : 0);

function viewOf(answer: Answer, functions: readonly Fn[], population: number | undefined): AggregateView {
  const { group, start, value, expected, count, devices, oldest, newest } = answer;
  const figures = Object.fromEntries(functions.map((fn) => [fn, answer[fn]]));
  return {
    ...figures,
    ...{ group, time: instant(start), value, devices, expected, received: count },
    completeness: completenessOf(answer),
    oldest: instant(oldest),
    newest: instant(newest),
    ...(population === undefined ? {} : { population }),
  };
}

/** Figures over time and groups. */
export function aggregateRoutes(services: ReadServices) {
  const { catalogue, guard, selector, areas, config, now } = services;
  const aggregator = createAggregator({ ...services, timezone: config.timezone });
  const cursors = createCursors('aggregates', PagePlace);
  const unfinished = createUnfinished();

  async function approximate(by: string, area: string | undefined): Promise<boolean> {
    if (by === 'area') return (await areas.wards()).approximate;
    return area !== undefined && (await areas.all()).some(({ id, approximate }) => id === area && approximate);
  }

  /** The metric asked for, and its figures. Throws CodedError where it is not there, not for this key or has no such figure. */
  function subjectOf(id: string, fn: readonly Fn[] | undefined, key: ApiKey | undefined) {
    const metric = catalogue.derived(id) ?? catalogue.metric(id);
    if (!metric) throw new CodedError('invalid-request', `metric: there is no metric ${id}`);
    guard.metric(key, metric);
    const derived = metric.overDevices === 'ratio' || metric.overDevices === 'index';
    const functions = fn ?? (derived ? [] : DEFAULT_FUNCTIONS);
    if (derived && functions.some((name) => name !== 'value'))
      throw new CodedError('invalid-request', `fn: ${id} has only a value: it is derived (${metric.overDevices})`);
    return { metric, functions };
  }

  return createRouter().openapi(route, async (c) => {
    const key = c.get('key');
    guard.read(key);
    const { limit: size, cursor, from: asked, to: until, ...query } = c.req.valid('query');
    const { metric: id, fn, window, group_by: by, resolution, per, ...filters } = query;
    const place = cursors.read(c.req.url, cursor);
    const at = now();
    const { from, to } = place ? { from: place[2], to: place[3] } : rangeOf({ from: asked, to: until }, at);
    if (from >= to) throw new CodedError('invalid-request', 'from must be before to');
    const { metric, functions } = subjectOf(id, fn, key);
    if (per !== undefined) checkPer(metric, by);

    async function workOut(): Promise<readonly Answer[]> {
      const [selection, grouping] = await Promise.all([selector.select(filters), groupingOf(by, resolution, areas)]);
      const percentiles = functions.includes('p50') || functions.includes('p95');
      const question = { selection, grouping, window, from, to, now: at, percentiles };
      return [...(await aggregator.answer(metric, question))].sort(byWindow);
    }
    const name = JSON.stringify([query, from, to]);
    const answers = (place && unfinished.find(name)) ?? (await workOut());
    const shared = per === undefined ? undefined : perInhabitants(answers, (await areas.wards()).areas, per);
    const rest = (shared?.answers ?? answers).filter((answer) => !place || isBehind(answer, place));
    const page = rest.slice(0, size);
    const last = rest.length > size ? page.at(-1) : undefined;
    if (last) unfinished.keep(name, answers);
    const next = last ? cursors.write(c.req.url, [last.start, last.group, from, to]) : null;
    const view = (answer: Answer) => viewOf(answer, functions, shared?.populationOf(answer.group));
    const items = [...(await mapInTurns(page, view))];
    return c.json(
      {
        ...{ items, next, approximate: await approximate(by, filters.area), per: per ?? null },
        ...(shared ? { without_population: [...shared.without] } : {}),
      },
      200,
    );
  });
}
