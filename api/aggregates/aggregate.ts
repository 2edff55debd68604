import type { Catalogue } from '../../model/catalogue.ts';
import type { DerivedMetric, Metric } from '../../model/metric.ts';
import { CodedError } from '../../model/problem.ts';
import type { TelemetryStore, Window } from '../../storage/telemetry/port.ts';
import type { Selection } from '../selection.ts';
import { type Answer, ratioOf } from './answer.ts';
import type { Grouping } from './grouping.ts';
import { groupsOf, moversIn, planOf } from './plan.ts';
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

/** Groups times windows of one question. */
export const CELLS_AT_MOST = 50_000;

export interface Aggregator {
  /** Answers of a measured metric, in no order. Throws CodedError `invalid-request` for more than CELLS_AT_MOST. */
  measured(metric: Metric, question: Question): Promise<readonly Answer[]>;
  /** Answers of a ratio, for groups and windows where both metrics have a figure and the lower is not 0. Only `value` means something. */
  ratio(metric: DerivedMetric, question: Question): Promise<readonly Answer[]>;
}

function checkSize(groups: number, { window, from, to }: Question): void {
  const windows = countWindows(from, to, window);
  if (windows * groups > CELLS_AT_MOST)
    throw new CodedError(
      'invalid-request',
      `${groups} groups in ${windows} windows are more than ${CELLS_AT_MOST}: ask for a shorter range, a longer window or fewer devices`,
    );
}

export function createAggregator(deps: {
  readonly catalogue: Catalogue;
  readonly telemetry: Pick<TelemetryStore, 'aggregate' | 'cells'>;
  readonly timezone: string;
}): Aggregator {
  const { catalogue, telemetry, timezone } = deps;

  async function measured(metric: Metric, question: Question): Promise<readonly Answer[]> {
    const { selection, grouping, window, from, to, now, percentiles } = question;
    const { members, movers: moving, expected } = planOf(metric, selection, grouping, catalogue);
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
    return rows.map((row) => {
      const span = { start: row.start, end: windowEnd(row.start, window, to, timezone) };
      const wanted = due(expected.get(row.group) ?? 0, metric.interval, span, { from, to, now });
      return { ...row, expected: moved.has(row.group) ? null : wanted };
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
      return ratioOf(above, below, scale);
    },
  };
}
