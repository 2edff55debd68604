import { DateTime } from 'luxon';
import type { AggregateQuery } from '../port.ts';
import { integer } from './values.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WIDTHS = { '5m': 5 * MINUTE, '15m': 15 * MINUTE } as const;
/** More windows than anyone can look at: some 500 years of days. */
const SPANS_AT_MOST = 200_000;

/** Windows of `width` ms, one after the other from `start` until `end`. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly width: number;
}

type Bounds = Pick<AggregateQuery, 'window' | 'timezone' | 'from' | 'to'>;

/**
 * The windows between `from` and `to`, as few runs as there are: a city without daylight saving time has one. All of
 * DuckDB's work is then arithmetic on the epoch, right for days of 23 and 25 hours too.
 * Throws a RangeError for an unknown time zone.
 */
export function runsOf({ window, timezone, from, to }: Bounds): readonly Run[] {
  if (window === 'all') return [{ start: from, end: to, width: Math.max(1, to - from) }];
  if (window === '5m' || window === '15m') {
    const width = WIDTHS[window];
    return [{ start: Math.floor(from / width) * width, end: to, width }];
  }
  const runs: Run[] = [];
  for (const [start, end] of spansBetween(window === '1w' ? 'week' : 'day', timezone, from, to)) {
    const width = window === '1h' ? HOUR : end - start;
    const last = runs.at(-1);
    if (last && last.width === width && (start - last.start) % width === 0) runs.splice(-1, 1, { ...last, end });
    else runs.push({ start, end, width });
  }
  return runs;
}

/** The city's days or weeks (from Monday on, as in ISO 8601) that hold any moment of `from <= t < to`, from midnight to midnight. */
function spansBetween(unit: 'day' | 'week', timezone: string, from: number, to: number): (readonly [number, number])[] {
  let span = DateTime.fromMillis(from, { zone: timezone }).startOf(unit);
  if (!span.isValid) throw new RangeError(`cannot reckon in time zone ${timezone} from ${from}`);
  const spans: (readonly [number, number])[] = [];
  while (span.toMillis() < to) {
    if (spans.length === SPANS_AT_MOST)
      throw new RangeError(`more than ${SPANS_AT_MOST} ${unit}s from ${from} to ${to}`);
    const next = span.plus({ [unit]: 1 }).startOf(unit);
    spans.push([span.toMillis(), next.toMillis()]);
    span = next;
  }
  return spans;
}

/** SQL for the start of the window of `time`, an expression that is within the runs. */
export function windowSql(runs: readonly Run[], time: string): string {
  const start = (run: Run) =>
    `${integer(run.start)} + (${time} - ${integer(run.start)}) // ${integer(run.width)} * ${integer(run.width)}`;
  const last = runs.at(-1);
  if (!last) throw new RangeError('there is no window');
  const cases = runs.slice(0, -1).map((run) => `WHEN ${time} < ${integer(run.end)} THEN ${start(run)}`);
  return cases.length === 0 ? start(last) : `CASE ${cases.join(' ')} ELSE ${start(last)} END`;
}

/** Whether every window begins and ends on a UTC hour, so that hour rows fill it. */
export const onWholeHours = (runs: readonly Run[]): boolean =>
  runs.every(({ start, width }) => start % HOUR === 0 && width % HOUR === 0);
