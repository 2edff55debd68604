/** Figures of some valid and suspect observations of one series; `count` 0 says that there are none. */
export interface Figures {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Value of the newest. */
  readonly last: number;
  readonly oldest: number;
  readonly newest: number;
}

export const HOUR_MS = 3_600_000;

export const NOTHING: Figures = { count: 0, sum: 0, min: 0, max: 0, last: 0, oldest: 0, newest: 0 };

/** Start of the UTC hour of a time. */
export const hourOf = (time: number): number => Math.floor(time / HOUR_MS) * HOUR_MS;

/** Figures with one more observation; of equal times the later added is the last. */
export function withValue(figures: Figures, time: number, value: number): Figures {
  return merged(figures, { count: 1, sum: value, min: value, max: value, last: value, oldest: time, newest: time });
}

/** Figures of observations in order of time. */
export function figuresOf(times: readonly number[], values: readonly number[]): Figures {
  const [oldest, newest, last] = [times[0], times.at(-1), values.at(-1)];
  if (oldest === undefined || newest === undefined || last === undefined) return NOTHING;
  let [sum, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { count: values.length, sum, min, max, last, oldest, newest };
}

/** Figures of two sets of observations that share none. */
export function merged(a: Figures, b: Figures): Figures {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const later = b.newest >= a.newest;
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    last: later ? b.last : a.last,
    oldest: Math.min(a.oldest, b.oldest),
    newest: later ? b.newest : a.newest,
  };
}

/** One observation of an hour: when, how much, and whether it counts. */
export interface Part {
  readonly time: number;
  readonly value: number;
  readonly counts: boolean;
}

/**
 * Figures in which one observation was replaced, without a look at the others: count and sum are exact, `min`, `max` and
 * the times only widen.
 */
export function withReplaced(figures: Figures, before: Part | undefined, after: Part): Figures {
  const taken = before?.counts ? { count: 1, sum: before.value } : { count: 0, sum: 0 };
  const left = { ...figures, count: figures.count - taken.count, sum: figures.sum - taken.sum };
  const rest = left.count > 0 ? left : NOTHING;
  return after.counts ? withValue(rest, after.time, after.value) : rest;
}
