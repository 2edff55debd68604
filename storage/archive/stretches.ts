import type { Observation } from '../../model/observation.ts';
import type { BucketQuery, Identity, RangeQuery, TelemetryReader } from '../telemetry/port.ts';
import { DAY_MS } from './port.ts';

/** A span of time (ms, `from <= t < to`) whose days are all archived, or none of them. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly archived: boolean;
}

/** A span cut where archived days (midnights, ms, rising) begin and end, in order of time. */
export function stretchesOf(from: number, to: number, days: readonly number[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let at = from;
  const add = (until: number, archived: boolean) => {
    const end = Math.min(to, until);
    if (end <= at) return;
    const last = stretches.at(-1);
    if (last?.archived === archived) stretches.splice(-1, 1, { ...last, to: end });
    else stretches.push({ from: at, to: end, archived });
    at = end;
  };
  for (const day of days) {
    add(day, false);
    add(day + DAY_MS, true);
  }
  add(to, false);
  return stretches;
}

/** The buckets of a query that have a moment of the span, and the place of the first of them. */
export function partOf<Query extends BucketQuery>(
  query: Query,
  from: number,
  to: number,
): { readonly first: number; readonly part: Query } {
  const { starts } = query;
  const behind = starts.findIndex((start) => start > from);
  const first = Math.max(0, (behind < 0 ? starts.length : behind) - 1);
  const end = starts.findIndex((start) => start >= to);
  return { first, part: { ...query, from, to, starts: starts.slice(first, end < 0 ? starts.length : end) } };
}

/** A part of an archived stretch, and what the store still tells of it: that holds in place of what is archived. */
export interface Passage {
  readonly from: number;
  readonly to: number;
  /** By time. */
  readonly kept: readonly Observation[];
}

/** Observations of the store held at a time. */
const KEPT_AT_ONCE = 20_000;
const MINUTE = 60_000;

/**
 * An archived stretch in parts small enough that the store's observations of each fit in memory. Mostly it is one part
 * and the store tells nothing; while a day moves it tells all of it.
 */
export async function* passagesOf(
  store: Pick<TelemetryReader, 'range'>,
  { devices, metrics }: Pick<RangeQuery, 'devices' | 'metrics'>,
  { from, to }: Pick<Stretch, 'from' | 'to'>,
  atOnce = KEPT_AT_ONCE,
): AsyncGenerator<Passage> {
  let [start, span] = [from, to - from];
  while (start < to) {
    const until = Math.min(to, start + span);
    let kept: readonly Observation[] = [];
    let after: Identity | undefined;
    let end = until;
    for (;;) {
      const page = await store.range({ devices, metrics, from: start, to: until, after, limit: atOnce });
      kept = kept.concat(page);
      after = page.at(-1);
      if (!after || page.length < atOnce) break;
      // Whatever was made at the last moment may go on in the next page.
      end = after.time;
      if (end > start) break;
      end = until;
    }
    yield { from: start, to: end, kept: kept.filter(({ time }) => time < end) };
    span = end < until ? Math.max(MINUTE, end - start) : 2 * span;
    start = end;
  }
}
