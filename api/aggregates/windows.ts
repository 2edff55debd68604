import { LRUCache } from 'lru-cache';
import { DateTime, type DateTimeUnit, type DurationLikeObject } from 'luxon';
import type { Window } from '../../storage/telemetry/port.ts';

const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Windows of always the same length, ms. */
const FIXED = { '5m': 5 * MINUTE, '15m': 15 * MINUTE, '1h': HOUR } as const;
/** Windows whose length is the calendar's, and the shortest they can be, ms. */
const CALENDAR: Readonly<Record<'1d' | '1w', { unit: DateTimeUnit; step: DurationLikeObject; least: number }>> = {
  '1d': { unit: 'day', step: { days: 1 }, least: DAY - HOUR },
  '1w': { unit: 'week', step: { weeks: 1 }, least: 7 * DAY - HOUR },
};

/** Ends of days and weeks: the same ones are asked for by group after group, and calendars are slow. */
const ends = new LRUCache<string, number, { start: number; window: '1d' | '1w'; timezone: string }>({
  max: 5_000,
  memoMethod: (_key, _stale, { context: { start, window, timezone } }) => {
    const { unit, step } = CALENDAR[window];
    // Where a day begins at 1:00 because there is no midnight, the day after begins at midnight all the same.
    return DateTime.fromMillis(start, { zone: timezone }).plus(step).startOf(unit).toMillis();
  },
});

/** End of the window that begins at `start` (ms), exclusive. A day is the city's, however many hours it has. */
export function windowEnd(start: number, window: Window, to: number, timezone: string): number {
  if (window === 'all') return to;
  if (window === '1d' || window === '1w')
    return ends.memo(`${window} ${timezone} ${start}`, { context: { start, window, timezone } });
  return start + FIXED[window];
}

/** Start of the hour or day of the city that a moment (ms) lies in. */
export function startOf(unit: 'hour' | 'day', time: number, timezone: string): number {
  return DateTime.fromMillis(time, { zone: timezone }).startOf(unit).toMillis();
}

/** How many windows a range touches, at most. */
export function countWindows(from: number, to: number, window: Window): number {
  if (window === 'all') return 1;
  const least = window === '1d' || window === '1w' ? CALENDAR[window].least : FIXED[window];
  return Math.ceil((to - from) / least) + 1;
}
