import type { Catalogue } from '../../model/catalogue.ts';
import type { DerivedMetric, Metric } from '../../model/metric.ts';
import { CodedError } from '../../model/problem.ts';
import type { AggregateRow, TelemetryStore, Window } from '../../storage/telemetry/port.ts';
import type { Selection } from '../selection.ts';
import { fold, join, Rows } from './figures.ts';
import { type Grouping, type Plan, planOf } from './plan.ts';
import { countWindows, due, windowEnd } from './windows.ts';

export interface Question {
  readonly selection: Selection;
  readonly grouping: Grouping;
  readonly window: Window;
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly percentiles: boolean;
}

/** One group in one window. `expected` is null where moving devices are grouped by place: nobody is due anywhere. */
export interface Answer extends AggregateRow {
  readonly expected: number | null;
}

/** Groups times windows of one question. */
export const CELLS_AT_MOST = 50_000;

export interface Aggregator {
  /** Answers of a measured metric, by window and group. Throws CodedError `invalid-request` for what cannot be told. */
  measured(metric: Metric, question: Question): Promise<readonly Answer[]>;
  /** Answers of a ratio, for groups and windows where both metrics have a figure and the lower is not 0. Only `value` means something. */
  ratio(metric: DerivedMetric, question: Question): Promise<readonly Answer[]>;
}

/** Refuses what would be wrong rather than slow: figures of one device that cannot be joined over the cells it crossed. */
function check(metric: Metric, plan: Plan, { window, from, to, percentiles }: Question): void {
  const cells = countWindows(from, to, window) * plan.groups;
  if (cells > CELLS_AT_MOST)
    throw new CodedError(
      'invalid-request',
      `${plan.groups} groups in ${countWindows(from, to, window)} windows are more than ${CELLS_AT_MOST}: ask for a shorter range, a longer window or fewer devices`,
    );
  const folds = plan.asks.some((ask) => ask.folds);
  const joins = plan.asks.some((ask) => ask.cellResolution !== undefined) && plan.asks.length > 1;
  if (percentiles && (folds || joins))
    throw new CodedError(
      'invalid-request',
      'fn: percentiles of moving devices cannot be told by area, nor beside fixed ones by cell: choose a kind or leave p50 and p95 out',
    );
  if (folds && metric.overDevices === 'sum' && metric.overTime !== 'sum')
    throw new CodedError(
      'invalid-request',
      `group_by: ${metric.id} is added over devices, and a moving device would count in every cell it crossed`,
    );
}

export function createAggregator(deps: {
  readonly catalogue: Catalogue;
  readonly telemetry: Pick<TelemetryStore, 'aggregate'>;
  readonly timezone: string;
}): Aggregator {
  const { catalogue, telemetry, timezone } = deps;

  async function measured(metric: Metric, question: Question): Promise<readonly Answer[]> {
    const { selection, grouping, window, from, to, now, percentiles } = question;
    const plan = planOf(metric, selection, grouping, catalogue);
    check(metric, plan, question);
    const { overTime, overDevices } = metric;
    const all = new Rows();
    const moved = new Set<string>();
    for (const { members, cellResolution, relabel } of plan.asks) {
      const rows = await telemetry.aggregate({
        ...{
          metric: metric.id,
          members,
          cellResolution,
          from,
          to,
          window,
          timezone,
          overTime,
          overDevices,
          percentiles,
        },
      });
      const mine = new Rows();
      for (const row of rows) {
        const group = relabel ? relabel(row.group) : row.group;
        if (group !== undefined) mine.add({ ...row, group }, (a, b) => fold(a, b, overDevices));
      }
      for (const row of mine.values()) {
        if (cellResolution !== undefined) moved.add(Rows.key(row));
        all.add(row, (a, b) => join(a, b, overDevices));
      }
    }
    return [...all.values()].map((row) => {
      const end = windowEnd(row.start, window, to, timezone);
      const devices = plan.expected.get(row.group) ?? 0;
      const expected = moved.has(Rows.key(row))
        ? null
        : due(devices, metric.interval, { start: row.start, end }, { from, to, now });
      return { ...row, expected };
    });
  }

  function metricOf(id: string): Metric {
    const metric = catalogue.metric(id);
    if (!metric) throw new RangeError(`the catalogue names an unknown metric ${id}`);
    return metric;
  }

  return {
    measured,
    async ratio({ numerator, denominator, scale }, question) {
      const [above, below] = await Promise.all([
        measured(metricOf(numerator), question),
        measured(metricOf(denominator), question),
      ]);
      const lower = new Map(below.map((answer) => [Rows.key(answer), answer]));
      return above.flatMap((a) => {
        const b = lower.get(Rows.key(a));
        if (!b || b.value === 0) return [];
        const expected = a.expected === null || b.expected === null ? null : a.expected + b.expected;
        const value = (a.value / b.value) * scale;
        return [{ ...join(a, b, 'max'), value, devices: Math.max(a.devices, b.devices), expected }];
      });
    },
  };
}
