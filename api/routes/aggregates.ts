import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId } from '../../model/device.ts';
import { MetricId } from '../../model/metric.ts';
import { CELL_RESOLUTION, instant } from '../../model/observation.ts';
import { CodedError } from '../../model/problem.ts';
import { WINDOWS } from '../../storage/telemetry/port.ts';
import { CELLS_AT_MOST, createAggregator } from '../aggregates/aggregate.ts';
import type { Answer } from '../aggregates/answer.ts';
import { byArea, byCell, type Grouping } from '../aggregates/grouping.ts';
import { createCursors } from '../cursor.ts';
import { json, openSecurity, readProblems } from '../openapi.ts';
import { cursor, deviceFilters, instantParam, limit, rangeOf, several } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const FUNCTIONS = ['value', 'mean', 'min', 'max', 'sum', 'count', 'p50', 'p95'] as const;
type Fn = (typeof FUNCTIONS)[number];
const DEFAULT_FUNCTIONS: readonly Fn[] = ['mean', 'min', 'max', 'count'];
const GROUP_BY = /^(device|area|domain|provider|h3|tag:[a-z][a-z0-9_]{0,31})$/;

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
    p50: figure,
    p95: figure,
    devices: z.number().int().meta({
      description: 'Devices that contributed. One that moved through several groups within the window counts in each.',
    }),
    expected: z.number().int().nullable().meta({
      description:
        'Observations due from the group’s active devices within the window, as far as it lies in the range and in the past. Null for a group that moving devices come into by where they are.',
    }),
    received: z.number().int(),
    completeness: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .meta({ description: 'received / expected, at most 1; 1 where nothing was due yet.' }),
    oldest: z.iso.datetime(),
    newest: z.iso.datetime(),
  })
  .meta({ id: 'Aggregate' });
type AggregateView = z.infer<typeof AggregateView>;

const AggregatePage = z.object({
  items: z.array(AggregateView),
  next: z.string().nullable(),
  approximate: z.boolean().meta({ description: 'Whether approximate ward cells were used: it must be shown.' }),
});

const route = createRoute({
  method: 'get',
  path: '/aggregates',
  tags: ['data'],
  summary: 'Figures of a metric by group and window, each with how complete it is',
  description: [
    'Per device over time first, then over the devices of a group, as the metric’s row says (`value`). A derived metric is',
    'the ratio of its two metrics’ values and has no other figure. Invalid observations are left out. Hours and days are the',
    'city’s. A window in which nothing was received has no item. Items are ordered by time and group.',
    'Devices without the tag or outside every area are left out. By area or h3, and within an area or bbox, a moving',
    `device counts with each observation by where it was made: by the centre of its H3 cell at resolution ${CELL_RESOLUTION}, whose`,
    `edges are some 29 m long; one without a position is left out. At most ${CELLS_AT_MOST} groups times windows.`,
  ].join(' '),
  security: openSecurity,
  request: {
    query: z.strictObject({
      metric: MetricId.meta({ param: { description: 'A metric or derived metric.' } }),
      fn: several(z.enum(FUNCTIONS), 'Figures besides `value`; by default mean, min, max, count.'),
      window: z.enum(WINDOWS).default('1h'),
      group_by: z
        .string()
        .regex(GROUP_BY, 'one of device, area, domain, provider, h3, tag:<name>')
        .default('device')
        .meta({ param: { description: 'device, area (ward), domain, provider, h3 or tag:<name>' } }),
      resolution: z.coerce
        .number()
        .int()
        .min(0)
        .max(CELL_RESOLUTION)
        .default(8)
        .meta({ param: { description: 'H3 resolution, with group_by=h3.' } }),
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
const PagePlace = z.tuple([z.number(), z.string(), z.number(), z.number()]);

const byWindow = (a: Answer, b: Answer) => a.start - b.start || (a.group < b.group ? -1 : a.group > b.group ? 1 : 0);

function viewOf(answer: Answer, functions: readonly Fn[]): AggregateView {
  const { group, start, value, expected, count, devices, oldest, newest } = answer;
  const figures = Object.fromEntries(functions.map((fn) => [fn, answer[fn]]));
  return {
    ...figures,
    ...{ group, time: instant(start), value, devices, expected, received: count },
    completeness: expected === null ? null : expected === 0 ? 1 : Math.min(1, count / expected),
    oldest: instant(oldest),
    newest: instant(newest),
  };
}

/** Figures over time and groups. */
export function aggregateRoutes(services: Services) {
  const { catalogue, guard, selector, areas, config, now } = services;
  const aggregator = createAggregator({ ...services, timezone: config.timezone });
  const cursors = createCursors('aggregates', PagePlace);

  async function groupingOf(by: string, resolution: number): Promise<Grouping> {
    if (by === 'h3') return byCell(resolution);
    if (by === 'area') return byArea(await areas.wards());
    if (by === 'domain') return { by: 'registry', groupOf: ({ domain }) => domain };
    if (by === 'provider') return { by: 'registry', groupOf: ({ provider }) => provider };
    if (by === 'device') return { by: 'registry', groupOf: ({ id }) => id };
    const name = by.slice('tag:'.length);
    return { by: 'registry', groupOf: ({ tags }) => tags[name] };
  }

  async function approximate(by: string, area: string | undefined): Promise<boolean> {
    if (by === 'area') return (await areas.wards()).approximate;
    return area !== undefined && (await areas.all()).some(({ id, approximate }) => id === area && approximate);
  }

  return createRouter().openapi(route, async (c) => {
    const key = c.get('key');
    guard.read(key);
    const query = c.req.valid('query');
    const { metric: id, fn, window, group_by: by, resolution, limit: size, from: asked, to: until, ...filters } = query;
    const place = cursors.read(c.req.url, filters.cursor);
    const at = now();
    const { from, to } = place ? { from: place[2], to: place[3] } : rangeOf({ from: asked, to: until }, at);
    if (from >= to) throw new CodedError('invalid-request', 'from must be before to');

    const derived = catalogue.derived(id);
    const metric = catalogue.metric(id);
    const row = derived ?? metric;
    if (!row) throw new CodedError('invalid-request', `metric: there is no metric ${id}`);
    guard.metric(key, row);
    const functions = fn ?? (derived ? [] : DEFAULT_FUNCTIONS);
    if (derived && functions.some((name) => name !== 'value'))
      throw new CodedError('invalid-request', `fn: ${id} is a ratio and has only a value`);

    const [selection, grouping] = await Promise.all([selector.select(filters), groupingOf(by, resolution)]);
    const percentiles = functions.includes('p50') || functions.includes('p95');
    const question = { selection, grouping, window, from, to, now: at, percentiles };
    const answers = derived
      ? await aggregator.ratio(derived, question)
      : metric
        ? await aggregator.measured(metric, question)
        : [];
    const rest = [...answers]
      .sort(byWindow)
      .filter(({ start, group }) => !place || start > place[0] || (start === place[0] && group > place[1]));
    const page = rest.slice(0, size);
    const last = page.at(-1);
    const next = last && rest.length > size ? cursors.write(c.req.url, [last.start, last.group, from, to]) : null;
    const items = page.map((answer) => viewOf(answer, functions));
    return c.json({ items, next, approximate: await approximate(by, filters.area) }, 200);
  });
}
