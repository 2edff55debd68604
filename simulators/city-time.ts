import { DateTime } from 'luxon';

/** The simulated city is Hanoi, whatever zone the process runs in. */
const ZONE = 'Asia/Ho_Chi_Minh';

export interface CityTime {
  /** Hours since midnight, with fractions: 7.5 is half past seven. */
  readonly hour: number;
  /** ISO 8601 weekday, Monday is 1. */
  readonly weekday: number;
  readonly weekend: boolean;
}

/** The wall clock and weekday of the city at `ms` since the epoch. */
export function cityTime(ms: number): CityTime {
  const time = DateTime.fromMillis(ms, { zone: ZONE });
  return {
    hour: time.hour + time.minute / 60 + time.second / 3_600,
    weekday: time.weekday,
    weekend: time.weekday >= 6,
  };
}
