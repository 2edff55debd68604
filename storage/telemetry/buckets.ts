import { DateTime } from 'luxon';
import type { Step } from '../../model/playback.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WIDTHS = { PT1M: MINUTE, PT5M: 5 * MINUTE, PT15M: 15 * MINUTE } as const;

/**
 * Starts of the buckets that hold any moment of `from <= t < to` (ms), rising, as far as they are asked for. Hours are
 * counted from the city's midnight, days go from midnight to midnight. Throws a RangeError for an unknown time zone.
 */
export function* bucketStarts(step: Step, timezone: string, from: number, to: number): Generator<number> {
  if (step !== 'PT1H' && step !== 'P1D') {
    const width = WIDTHS[step];
    for (let start = Math.floor(from / width) * width; start < to; start += width) yield start;
    return;
  }
  let day = DateTime.fromMillis(from, { zone: timezone }).startOf('day');
  if (!day.isValid) throw new RangeError(`cannot reckon in time zone ${timezone} from ${from}`);
  while (day.toMillis() < to) {
    const next = day.plus({ day: 1 }).startOf('day');
    const width = step === 'P1D' ? next.toMillis() - day.toMillis() : HOUR;
    for (let start = day.toMillis(); start < Math.min(next.toMillis(), to); start += width)
      if (Math.min(start + width, next.toMillis()) > from) yield start;
    day = next;
  }
}

/** Buckets of the same `width` (ms), one after the other from `start` until `end`; `first` is the place of the first. */
export interface BucketRun {
  readonly first: number;
  readonly start: number;
  readonly end: number;
  readonly width: number;
}

/** Buckets as few runs as there are: a city without daylight saving time has one. */
export function bucketRuns(starts: readonly number[], to: number): readonly BucketRun[] {
  const runs: BucketRun[] = [];
  for (const [i, start] of starts.entries()) {
    const end = starts[i + 1] ?? to;
    const last = runs.at(-1);
    const fits = last && (end - start === last.width || (i === starts.length - 1 && end - start < last.width));
    if (fits) runs.splice(-1, 1, { ...last, end });
    else runs.push({ first: i, start, end, width: Math.max(1, end - start) });
  }
  return runs;
}

/** Finds the place of the bucket that a moment (ms) of the range lies in. */
export function bucketFinder(starts: readonly number[], to: number): (time: number) => number {
  const runs = bucketRuns(starts, to);
  return (time) => {
    const run = runs.find(({ end }) => time < end);
    if (!run) throw new RangeError(`${time} lies behind the last bucket`);
    return run.first + Math.floor((time - run.start) / run.width);
  };
}

/** Whether every bucket begins on a UTC hour, so that hour rows tell what is in it. */
export const onWholeHours = (starts: readonly number[]): boolean => starts.every((start) => start % HOUR === 0);
