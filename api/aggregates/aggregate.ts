import type { Catalogue } from '../../model/catalogue.ts';
import type { DerivedMetric, Metric } from '../../model/metric.ts';
import { mapInTurns } from '../../storage/batches.ts';
import type { AggregateRow, TelemetryStore } from '../../storage/telemetry/port.ts';
import { createVnAqi } from './air-quality.ts';
import { type Answer, ratioOf } from './answer.ts';
import { createDues, type Dues } from './due.ts';
import { groupsOf, moversIn, planOf } from './plan.ts';
import type { Figures, Question } from './question.ts';
import { createRoamingDues, membersApart, poolOf } from './roaming.ts';
import { checkSize } from './size.ts';
import { windowEnd } from './windows.ts';

export interface Aggregator {
  /**
   * Answers in no order. Of a derived metric only `value` means something, and there is none where an input it cannot do
   * without is missing. Throws CodedError `invalid-request` for more than CELLS_AT_MOST, or a window that an index is not
   * told by.
   */
  answer(metric: Metric | DerivedMetric, question: Question): Promise<readonly Answer[]>;
}

/** The first observation of each group, ms. */
function firstOf(rows: readonly AggregateRow[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { group, oldest } of rows) first.set(group, Math.min(oldest, first.get(group) ?? oldest));
  return first;
}

export function createAggregator(deps: {
  readonly catalogue: Catalogue;
  readonly telemetry: Pick<TelemetryStore, 'aggregate' | 'cells'>;
  readonly timezone: string;
}): Aggregator {
  const { catalogue, telemetry, timezone } = deps;

  async function figuresOf(metric: Metric, question: Question): Promise<Figures> {
    const { selection, grouping, window, from, to, percentiles } = question;
    const plan = await planOf(metric, selection, grouping, catalogue);
    const { members, movers: moving, services } = plan;
    const groups = new Set(members.map(({ group }) => group));
    // Before the cells are looked for, too: they cost a look at all the raw data of the range.
    checkSize(Math.max(groups.size, moving.length > 0 ? 1 : 0), question);
    const ids = moving.map(({ device }) => device);
    const cells = ids.length > 0 ? await telemetry.cells(ids, metric.id, from, to) : [];
    const movers = await moversIn(cells, moving, selection, grouping);
    const moved = movers ? groupsOf(movers) : new Set<string>();
    checkSize(new Set([...groups, ...moved]).size, question);

    const { overTime, overDevices } = metric;
    const bounds = { metric: metric.id, from, to, window, timezone };
    const rows = await telemetry.aggregate({ ...bounds, members, movers, overTime, overDevices, percentiles });
    const apart = movers ? membersApart(members, moving, moved) : [];
    const told = movers
      ? await telemetry.aggregate({ ...bounds, members: apart, overTime, overDevices, percentiles: false })
      : [];
    const roaming = createRoamingDues(told, { standing: services, moving: plan.moving }, metric.interval, question);
    const first = firstOf(rows);
    const dues = new Map<string, Dues>();
    return {
      rows,
      due(group, span, received) {
        const pool = poolOf(grouping.by === 'place' ? undefined : group);
        if (moved.has(group)) return roaming.of(group, pool, span, received);
        const known = dues.get(group);
        const oldest = first.get(group) ?? Number.POSITIVE_INFINITY;
        const its = known ?? createDues(services.get(group) ?? [], metric.interval, question, oldest);
        if (!known) dues.set(group, its);
        return its.of(span, received);
      },
    };
  }

  async function measured(metric: Metric, question: Question): Promise<readonly Answer[]> {
    const { window, to } = question;
    const { rows, due } = await figuresOf(metric, question);
    return await mapInTurns(rows, (row) => {
      const span = { start: row.start, end: windowEnd(row.start, window, to, timezone) };
      return { ...row, expected: due(row.group, span, row) };
    });
  }

  function metricOf(id: string): Metric {
    const metric = catalogue.metric(id);
    if (!metric) throw new RangeError(`the catalogue names an unknown metric ${id}`);
    return metric;
  }
  const vnAqi = createVnAqi({ figuresOf: (id, question) => figuresOf(metricOf(id), question), timezone });

  return {
    async answer(metric, question) {
      if (metric.overDevices === 'index') return vnAqi(metric, question);
      if (metric.overDevices !== 'ratio') return measured(metric, question);
      const [above, below] = await Promise.all([
        measured(metricOf(metric.numerator), question),
        measured(metricOf(metric.denominator), question),
      ]);
      return ratioOf(above, below, metric.scale);
    },
  };
}
