import type { Range } from '../state/buckets.ts';
import { startOfDay } from '../state/span.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What the marks of an axis may be apart, ms. */
const APART = [
  5 * 60_000,
  15 * 60_000,
  HOUR_MS / 2,
  HOUR_MS,
  2 * HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
  14 * DAY_MS,
];

/** A mark of the axis: where it stands, 0 to 1, and whether a day begins there. */
export interface Tick {
  readonly at: number;
  readonly share: number;
  readonly day: boolean;
}

/** At most `most` marks at full hours or days of the city. */
export function ticksOf({ from, to }: Range, timezone: string, most: number): readonly Tick[] {
  const apart = APART.find((each) => (to - from) / each <= most) ?? (to - from) / most;
  const ticks: Tick[] = [];
  const first = startOfDay(from, timezone);
  for (let day = first, count = 0; day < to; count += 1) {
    const next = startOfDay(day + 1.5 * DAY_MS, timezone);
    const wanted = apart <= DAY_MS || count % Math.round(apart / DAY_MS) === 0;
    for (let at = day; wanted && at < Math.min(next, to); at += Math.min(apart, DAY_MS))
      if (at >= from) ticks.push({ at, share: (at - from) / (to - from), day: at === day });
    day = next;
  }
  return ticks;
}
