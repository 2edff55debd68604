import { BUCKETS_AT_MOST, STEP_MS, STEPS, type Step } from '../../model/playback.ts';
import { startOfDay } from './span.ts';

/** A range of time, ms since the epoch; `to` is exclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const DAY_MS = 86_400_000;
/** So many moments are a fine enough film of any range. */
const FINE_ENOUGH = 300;

const bucketsOf = ({ from, to }: Range, step: Step): number => Math.ceil((to - from) / STEP_MS[step]);

/** The steps a range can be played in, finest first: not too many buckets, and more than one. */
export function stepsOf(range: Range): readonly Step[] {
  const fitting = STEPS.filter((step) => {
    const count = bucketsOf(range, step);
    return count >= 2 && count < BUCKETS_AT_MOST;
  });
  return fitting.length === 0 ? [range.to - range.from < DAY_MS ? 'PT1M' : 'P1D'] : fitting;
}

/** The step that is asked for where the range can be played in it, else the finest that makes a film of it. */
export function stepFor(range: Range, asked: Step | null): Step {
  const steps = stepsOf(range);
  if (asked !== null && steps.includes(asked)) return asked;
  return steps.find((step) => bucketsOf(range, step) <= FINE_ENOUGH) ?? steps.at(-1) ?? 'P1D';
}

/**
 * Where the buckets of a range begin and the last one ends, ms, rising: they begin with the city's day and are counted
 * from there. The first holds `from`; the last ends at `to`, so that nothing beyond is counted to it.
 */
export function edgesOf({ from, to }: Range, step: Step, timezone: string): readonly number[] {
  const edges: number[] = [];
  let day = startOfDay(from, timezone);
  while (day < to) {
    // The middle of the next day lies in it, however long this one is.
    const next = startOfDay(day + 1.5 * DAY_MS, timezone);
    const length = step === 'P1D' ? next - day : STEP_MS[step];
    for (let at = day; at < next && at < to; at += length) if (at + length > from) edges.push(at);
    day = next;
  }
  return [...edges, to];
}

/** The place of the last edge at or before a moment, -1 before all of them. */
export function placeOf(edges: ArrayLike<number>, at: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
