import { DateTime, IANAZone } from 'luxon';
import type { AggregateQuery } from '../port.ts';

const QUARTER_MS = 900_000;
const FIVE_MS = 300_000;
const DAY_MS = 86_400_000;
/** A week begins on Monday, as in ISO 8601. */
const UNIT = { '1h': 'hour', '1d': 'day', '1w': 'week' } as const;

type Windowed = Pick<AggregateQuery, 'window' | 'timezone' | 'from'>;

/** Gives the start of the window that a time falls in. */
export function windowsOf({ window, timezone, from }: Windowed): (time: number) => number {
  if (window === 'all') return () => from;
  if (window === '5m' || window === '15m') {
    const width = window === '5m' ? FIVE_MS : QUARTER_MS;
    return (time) => Math.floor(time / width) * width;
  }
  // Every zone's offset, and every change of one, is a multiple of a quarter of an hour.
  const starts = new Map<number, number>();
  return (time) => {
    const quarter = Math.floor(time / QUARTER_MS);
    let start = starts.get(quarter);
    if (start === undefined) {
      start = DateTime.fromMillis(time, { zone: timezone }).startOf(UNIT[window]).toMillis();
      starts.set(quarter, start);
    }
    return start;
  };
}

/** Whether every UTC hour from `from` to `to` lies within one window: not where the clocks are half an hour apart. */
export function hoursFit({ window, timezone, from }: Windowed, to: number): boolean {
  if (window === 'all') return true;
  if (window === '5m' || window === '15m') return false;
  const zone = IANAZone.create(timezone);
  for (let time = from; time < to + DAY_MS; time += DAY_MS)
    if (zone.offset(Math.min(time, to)) % 60 !== 0) return false;
  return true;
}
