import { DateTime } from 'luxon';

/** The simulated city is Hanoi, whatever zone the process runs in. */
const ZONE = 'Asia/Ho_Chi_Minh';

export interface CityTime {
  /** Days of the city's calendar since 1970-01-01. */
  readonly day: number;
  /** Hours since midnight, with fractions: 7.5 is half past seven. */
  readonly hour: number;
  /** ISO 8601 weekday, Monday is 1. */
  readonly weekday: number;
  readonly weekend: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Since 1975-06-13 the city has been this far ahead of UTC. */
export const CITY_OFFSET_MS = 7 * HOUR_MS;
const SETTLED = Date.UTC(1975, 5, 14);

/** Before that: the zone's distance from UTC in the last hour asked for: zones change theirs on the hour, and asking for it is slow. */
let known = { hour: Number.NaN, offset: 0 };

function offsetAt(ms: number): number {
  if (ms >= SETTLED) return CITY_OFFSET_MS;
  const hour = Math.floor(ms / HOUR_MS);
  if (hour !== known.hour) known = { hour, offset: DateTime.fromMillis(ms, { zone: ZONE }).offset * 60_000 };
  return known.offset;
}

/** The wall clock and weekday of the city at `ms` since the epoch, to the second. */
export function cityTime(ms: number): CityTime {
  const local = Math.floor((ms + offsetAt(ms)) / 1_000) * 1_000;
  const day = Math.floor(local / DAY_MS);
  // 1970-01-01 was a Thursday.
  const weekday = ((((day + 3) % 7) + 7) % 7) + 1;
  return { day, hour: (local - day * DAY_MS) / HOUR_MS, weekday, weekend: weekday >= 6 };
}
