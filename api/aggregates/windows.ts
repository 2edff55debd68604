import { DateTime, type DurationLikeObject } from 'luxon';
import type { Window } from '../../storage/telemetry/port.ts';

const LENGTH: Readonly<Record<Exclude<Window, 'all'>, DurationLikeObject>> = {
  '5m': { minutes: 5 },
  '15m': { minutes: 15 },
  '1h': { hours: 1 },
  '1d': { days: 1 },
};
const APPROXIMATE_MS: Readonly<Record<Exclude<Window, 'all'>, number>> = {
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
};

/** End of the window that begins at `start` (ms), exclusive. A day is the city's, however many hours it has. */
export function windowEnd(start: number, window: Window, to: number, timezone: string): number {
  if (window === 'all') return to;
  return DateTime.fromMillis(start, { zone: timezone }).plus(LENGTH[window]).toMillis();
}

/** How many windows a range touches, at most. */
export function countWindows(from: number, to: number, window: Window): number {
  return window === 'all' ? 1 : Math.ceil((to - from) / APPROXIMATE_MS[window]) + 1;
}

/**
 * Observations due from `devices` devices that report every `interval` seconds within a window, as far as it lies in
 * the asked range and in the past: the whole number of intervals of all devices together, so that a window shorter than
 * the interval is still due its share.
 */
export function due(
  devices: number,
  interval: number,
  window: { readonly start: number; readonly end: number },
  range: { readonly from: number; readonly to: number; readonly now: number },
): number {
  const length = Math.min(window.end, range.to, range.now) - Math.max(window.start, range.from);
  return Math.max(0, Math.floor((devices * length) / (interval * 1_000)));
}
