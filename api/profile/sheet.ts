import pLimit from 'p-limit';
import type { DerivedMetric, Metric } from '../../model/metric.ts';
import { PROFILE, type ProfileRow } from '../../model/profile.ts';
import { StoreUnavailable } from '../../storage/telemetry/port.ts';
import type { Aggregator } from '../aggregates/aggregate.ts';
import type { Answer } from '../aggregates/answer.ts';
import type { Grouping } from '../aggregates/grouping.ts';
import type { Selection } from '../selection.ts';
import type { ReadServices } from '../services.ts';
import { type Span, spanBefore, spanOf, weekBefore } from './spans.ts';

/** Aggregates asked of the store at once, for all profiles together: the others leave it room for everyone else's. */
const AT_ONCE = 4;

/** What the store tells of a row: of every group, now and a week before. Of an index these are those of its newest hour. */
export interface SheetRow extends ProfileRow {
  readonly figure: Metric | DerivedMetric;
  readonly span: Span;
  readonly now: ReadonlyMap<string, Answer>;
  readonly before: ReadonlyMap<string, Answer>;
  /** Whether the store did not answer. */
  readonly unavailable: boolean;
}

/** Which devices, how they come into groups, and before when, ms. */
export interface SheetQuestion {
  readonly selection: Selection;
  readonly grouping: Grouping;
  readonly to: number;
}

/** Every row of the profile for all groups at once. Never rejects for one row's sake. */
export type Sheets = (question: SheetQuestion) => Promise<readonly SheetRow[]>;

/** The newest answer of each group; those of `starts` where they are given: the hour that is compared must be the same. */
function byGroup(answers: readonly Answer[], startOf?: (group: string) => number | undefined) {
  const newest = new Map<string, Answer>();
  for (const answer of answers) {
    if (startOf && startOf(answer.group) !== answer.start) continue;
    const known = newest.get(answer.group);
    if (!known || known.start < answer.start) newest.set(answer.group, answer);
  }
  return newest;
}

export function createSheets(
  aggregator: Aggregator,
  { catalogue, config, log, now }: Pick<ReadServices, 'catalogue' | 'config' | 'log' | 'now'>,
): Sheets {
  const { timezone } = config;
  const limit = pLimit(AT_ONCE);
  const rows = PROFILE.map((row) => {
    const figure = catalogue.derived(row.metric) ?? catalogue.metric(row.metric);
    if (!figure) throw new RangeError(`the profile names an unknown metric ${row.metric}`);
    return { ...row, figure };
  });

  async function tell(row: (typeof rows)[number], { to, ...which }: SheetQuestion): Promise<SheetRow> {
    const { figure, over } = row;
    const span = spanOf(figure, over, to, timezone);
    const ask = (asked: Span) =>
      limit(() => aggregator.answer(figure, { ...which, ...asked, now: now(), percentiles: false }));
    try {
      const [present, past] = await Promise.all([ask(span), ask(spanBefore(span, timezone))]);
      const newest = byGroup(present);
      const startBefore = (group: string) => {
        const start = newest.get(group)?.start;
        return start === undefined ? undefined : weekBefore(start, timezone);
      };
      return { ...row, span, now: newest, before: byGroup(past, startBefore), unavailable: false };
    } catch (error) {
      if (!(error instanceof StoreUnavailable))
        log.error({ err: error, metric: row.metric }, 'a row could not be told');
      return { ...row, span, now: new Map(), before: new Map(), unavailable: true };
    }
  }

  return (question) => Promise.all(rows.map((row) => tell(row, question)));
}
