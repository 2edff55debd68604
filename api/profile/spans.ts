import { DateTime, Duration } from 'luxon';
import type { DerivedMetric, Metric } from '../../model/metric.ts';
import type { ProfileSpan } from '../../model/profile.ts';
import type { Question } from '../aggregates/question.ts';
import { HOUR, startOf } from '../aggregates/windows.ts';

/** What of a question a figure's span says, ms. */
export type Span = Pick<Question, 'from' | 'to' | 'window'>;

/** The span that ends before `to`. An index is told by the hour: of the one under way, or of the one before. */
export function spanOf(metric: Metric | DerivedMetric, over: ProfileSpan, to: number, timezone: string): Span {
  if (metric.overDevices === 'index') return { window: '1h', from: startOf('hour', to - 1, timezone) - HOUR, to };
  return { window: 'all', from: to - Duration.fromISO(over).toMillis(), to };
}

/** The same moment of the week before by the city's clocks, ms. */
export function weekBefore(time: number, timezone: string): number {
  return DateTime.fromMillis(time, { zone: timezone }).minus({ weeks: 1 }).toMillis();
}

/** The same span of the week before. */
export function spanBefore({ window, from, to }: Span, timezone: string): Span {
  return { window, from: weekBefore(from, timezone), to: weekBefore(to, timezone) };
}
