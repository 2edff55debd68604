import type { IndexMetric } from '../../model/metric.ts';
import { CodedError } from '../../model/problem.ts';
import { dayIndex, type Hours, hourIndex, NOWCAST_HOURS, POLLUTANTS, type Pollutant } from '../../model/vn-aqi.ts';
import { yieldToOthers } from '../../storage/batches.ts';
import type { AggregateRow } from '../../storage/telemetry/port.ts';
import type { Answer } from './answer.ts';
import type { Figures, Question, WindowSpan } from './question.ts';
import { checkSize } from './size.ts';
import { HOUR, startOf, windowEnd } from './windows.ts';

/** A group's figures of one input, by the start of their hour. */
interface Input {
  readonly pollutant: Pollutant;
  readonly due: Figures['due'];
  readonly hours: ReadonlyMap<number, AggregateRow>;
}

/** Groups times windows worked out before the event loop turns. */
const AT_ONCE = 500;

/** The starts of the hours of a span, and of `before` hours before it. */
function hoursOf({ start, end }: WindowSpan, before: number): readonly number[] {
  const hours: number[] = [];
  for (let hour = start - before * HOUR; hour < end; hour += HOUR) hours.push(hour);
  return hours;
}

/** What all inputs together received of a group within a span; undefined where it is nothing. */
function receivedOf(inputs: readonly Input[], group: string, span: WindowSpan) {
  const all = { count: 0, devices: 0, oldest: Number.POSITIVE_INFINITY, newest: Number.NEGATIVE_INFINITY };
  let expected = 0;
  for (const { due, hours } of inputs) {
    const its = { count: 0, devices: 0 };
    for (const hour of hoursOf(span, 0)) {
      const row = hours.get(hour);
      if (!row) continue;
      its.count += row.count;
      its.devices = Math.max(its.devices, row.devices);
      all.oldest = Math.min(all.oldest, row.oldest);
      all.newest = Math.max(all.newest, row.newest);
    }
    all.count += its.count;
    all.devices = Math.max(all.devices, its.devices);
    expected += due(group, span, its);
  }
  return all.count === 0 ? undefined : { ...all, expected };
}

function answerOf(inputs: readonly Input[], group: string, span: WindowSpan, window: '1h' | '1d'): Answer | undefined {
  const received = receivedOf(inputs, group, span);
  if (!received) return undefined;
  const asked = hoursOf(span, NOWCAST_HOURS);
  const means: Partial<Record<Pollutant, Hours>> = {};
  for (const { pollutant, hours } of inputs) means[pollutant] = asked.map((hour) => hours.get(hour)?.value);
  const value = window === '1h' ? hourIndex(means) : dayIndex(means, asked.length - NOWCAST_HOURS);
  if (value === undefined) return undefined;
  return { group, start: span.start, value, mean: value, min: value, max: value, sum: value, ...received };
}

/** The inputs of each group that has any figure. */
function byGroup(inputs: readonly (readonly [Pollutant, Figures])[]): ReadonlyMap<string, readonly Input[]> {
  const hours = inputs.map(([, { rows }]) => {
    const groups = new Map<string, Map<number, AggregateRow>>();
    for (const row of rows) {
      const known = groups.get(row.group) ?? new Map<number, AggregateRow>();
      groups.set(row.group, known.set(row.start, row));
    }
    return groups;
  });
  const groups = new Set(hours.flatMap((each) => [...each.keys()]));
  const none: Input['hours'] = new Map();
  return new Map(
    [...groups].map((group) => [
      group,
      inputs.map(([pollutant, { due }], i) => ({ pollutant, due, hours: hours[i]?.get(group) ?? none })),
    ]),
  );
}

/**
 * VN_AQI of groups from their hourly figures. Windows are whole hours or days of the city, also the one that `from` lies
 * in; NowCast and the 8-hour means look back before it, though only what was received within a window counts as received.
 * A window without any observation of its own has no answer. Throws CodedError `invalid-request` for any
 * other window, and for more than CELLS_AT_MOST.
 */
export function createVnAqi(deps: {
  readonly figuresOf: (metric: string, question: Question) => Promise<Figures>;
  readonly timezone: string;
}): (metric: IndexMetric, question: Question) => Promise<readonly Answer[]> {
  const { figuresOf, timezone } = deps;

  return async ({ id, inputs: names }, question) => {
    const { window, to } = question;
    if (window !== '1h' && window !== '1d')
      throw new CodedError('invalid-request', `window: ${id} is told by hours and days only: 1h or 1d`);
    const first = startOf(window === '1h' ? 'hour' : 'day', question.from, timezone);
    const hourly: Question = { ...question, window: '1h', from: first - NOWCAST_HOURS * HOUR, percentiles: false };
    // Before the windows are laid out one by one: a range may be thousands of years.
    checkSize(1, hourly);
    const spans: WindowSpan[] = [];
    for (let start = first; start < to; start = spans.at(-1)?.end ?? to)
      spans.push({ start, end: windowEnd(start, window, to, timezone) });

    const inputs = await Promise.all(
      POLLUTANTS.filter((name) => names.includes(name)).map(
        async (name) => [name, await figuresOf(name, hourly)] as const,
      ),
    );
    const answers: Answer[] = [];
    let worked = 0;
    for (const [group, its] of byGroup(inputs)) {
      for (const span of spans) {
        const answer = answerOf(its, group, span, window);
        if (answer) answers.push(answer);
        worked += 1;
        if (worked % AT_ONCE === 0) await yieldToOthers();
      }
    }
    return answers;
  };
}
