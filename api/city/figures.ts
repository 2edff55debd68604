import { Duration } from 'luxon';
import pLimit from 'p-limit';
import { z } from 'zod';
import { type KeyFigure, SPANS } from '../../model/domain.ts';
import { Level, levelOf } from '../../model/level.ts';
import { type DerivedMetric, type Metric, MetricId } from '../../model/metric.ts';
import { instant } from '../../model/observation.ts';
import { UnitCode } from '../../model/unit.ts';
import { StoreUnavailable } from '../../storage/telemetry/port.ts';
import type { Aggregator } from '../aggregates/aggregate.ts';
import { completenessOf } from '../aggregates/answer.ts';
import type { Grouping } from '../aggregates/grouping.ts';
import type { Question } from '../aggregates/question.ts';
import { HOUR, startOf, windowEnd } from '../aggregates/windows.ts';
import type { Selection } from '../selection.ts';
import type { ReadServices } from '../services.ts';

/** Why a figure has no value. */
const MISSING = ['no-data', 'hidden', 'unavailable'] as const;

const time = z.iso.datetime();
export const CityFigure = z
  .object({
    metric: MetricId,
    value: z.number().nullable(),
    level: Level.nullable().meta({ description: 'By the metric’s thresholds; null where it has none.' }),
    unit: UnitCode,
    over: z
      .enum(SPANS)
      .meta({ description: 'So long until now, or the city’s day so far. An index is told by its hour.' }),
    from: time,
    to: time.meta({ description: 'Exclusive.' }),
    expected: z.number().int().nullable().meta({ description: 'As in GET /api/v1/aggregates.' }),
    received: z.number().int(),
    completeness: z.number().min(0).max(1).nullable(),
    oldest: time.nullable(),
    newest: time.nullable(),
    devices: z.number().int().meta({ description: 'Devices that contributed.' }),
    missing: z
      .enum(MISSING)
      .nullable()
      .meta({
        description: [
          'Why there is no value: `no-data`, nothing was received or too little for it; `hidden`, it needs a key that may',
          'read it; `unavailable`, the store does not answer right now. Null where there is a value.',
        ].join(' '),
      }),
  })
  .meta({
    id: 'CityFigure',
    example: {
      ...{ metric: 'mean_speed', value: 31.5, level: 'good', unit: 'km/h', over: 'PT15M', missing: null },
      ...{ from: '2026-11-24T04:45:00.000Z', to: '2026-11-24T05:00:00.000Z', devices: 42 },
      ...{ expected: 630, received: 627, completeness: 0.995 },
      ...{ oldest: '2026-11-24T04:45:02.000Z', newest: '2026-11-24T04:59:58.000Z' },
    },
  });
export type CityFigure = z.infer<typeof CityFigure>;

export const CityDomain = z.object({ domain: z.string(), figures: z.array(CityFigure) }).meta({ id: 'CityDomain' });
export type CityDomain = z.infer<typeof CityDomain>;

/** Aggregates asked of the store at once: the others leave it room for everyone else's questions. */
const AT_ONCE = 4;

/** All devices together. */
const WHOLE: Grouping = { by: 'registry', groupOf: () => 'city' };

/** What of a question a figure's span says. */
type Span = Pick<Question, 'from' | 'to' | 'window'>;

/** The span of a figure at `now`. The newest hour of an index that has a value is the one under way or the one before. */
function spanOf(metric: Metric | DerivedMetric, over: KeyFigure['over'], now: number, timezone: string): Span {
  // `to` is exclusive: an observation of this very millisecond counts.
  const to = now + 1;
  const today = startOf('day', now, timezone);
  if (metric.overDevices === 'index')
    return over === 'today'
      ? { window: '1d', from: today, to }
      : { window: '1h', from: startOf('hour', now, timezone) - HOUR, to };
  return { window: 'all', from: over === 'today' ? today : now - Duration.fromISO(over).toMillis(), to };
}

/** The key figures of every domain. */
export interface CityFigures {
  /** Never rejects for one figure's sake: what cannot be told says so itself. */
  tell(selection: Selection, shows: (metric: string) => boolean, now: number): Promise<CityDomain[]>;
}

export function createCityFigures(
  aggregator: Aggregator,
  { catalogue, config, log }: Pick<ReadServices, 'catalogue' | 'config' | 'log'>,
): CityFigures {
  const { timezone } = config;

  async function tell(
    { metric: id, over }: KeyFigure,
    selection: Selection,
    shows: (metric: string) => boolean,
    now: number,
  ): Promise<CityFigure> {
    const metric = catalogue.derived(id) ?? catalogue.metric(id);
    if (!metric) throw new RangeError(`the catalogue names an unknown metric ${id}`);
    const span = spanOf(metric, over, now, timezone);
    const empty = {
      ...{ metric: id, value: null, level: null, unit: metric.unit, over },
      ...{ from: instant(span.from), to: instant(now), expected: null, received: 0, completeness: null },
      ...{ oldest: null, newest: null, devices: 0 },
    };
    if (!shows(id)) return { ...empty, missing: 'hidden' };
    try {
      const question = { ...span, selection, grouping: WHOLE, now, percentiles: false };
      const answers = await aggregator.answer(metric, question);
      const [newest] = [...answers].sort((a, b) => b.start - a.start);
      if (!newest) return { ...empty, missing: 'no-data' };
      const { start, value, expected, count, devices } = newest;
      return {
        ...{ ...empty, value, level: levelOf(metric.thresholds, value) ?? null, missing: null },
        ...{ from: instant(start), to: instant(Math.min(now, windowEnd(start, span.window, now, timezone))) },
        ...{ expected, received: count, completeness: completenessOf(newest), devices },
        ...{ oldest: instant(newest.oldest), newest: instant(newest.newest) },
      };
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) log.error({ err: error, metric: id }, 'a key figure could not be told');
      return { ...empty, missing: 'unavailable' };
    }
  }

  return {
    tell(selection, shows, now) {
      const limit = pLimit(AT_ONCE);
      return Promise.all(
        catalogue.domains.map(async ({ id, keyFigures }) => ({
          domain: id,
          figures: await Promise.all(keyFigures.map((figure) => limit(() => tell(figure, selection, shows, now)))),
        })),
      );
    },
  };
}
