import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import type { Window } from '../../storage/telemetry/port.ts';
import { countWindows, HOUR, startOf, windowEnd } from './windows.ts';

describe('windows', () => {
  const length = (start: string, window: Window, zone: string) => {
    const at = Date.parse(start);
    return (windowEnd(at, window, 0, zone) - at) / HOUR;
  };

  it('of minutes and hours have their length, also over a change of clocks', () => {
    expect(length('2026-10-25T00:00:00Z', '1h', 'Europe/Berlin')).toBe(1);
    expect(length('2026-10-25T00:45:00Z', '15m', 'Europe/Berlin')).toBe(0.25);
    expect(length('2026-10-25T00:55:00Z', '5m', 'Europe/Berlin')).toBeCloseTo(1 / 12);
  });

  it.each([
    ['1d', '2026-11-23T17:00:00Z', 'Asia/Ho_Chi_Minh', 24],
    ['1d', '2026-10-24T22:00:00Z', 'Europe/Berlin', 25],
    ['1d', '2026-03-28T23:00:00Z', 'Europe/Berlin', 23],
    // On 8 March 2026 Havana has no midnight: the day begins at 1:00, the next one at midnight.
    ['1d', '2026-03-08T05:00:00Z', 'America/Havana', 23],
    ['1w', '2026-11-22T17:00:00Z', 'Asia/Ho_Chi_Minh', 168],
    ['1w', '2026-10-18T22:00:00Z', 'Europe/Berlin', 169],
    ['1w', '2026-03-22T23:00:00Z', 'Europe/Berlin', 167],
  ] as const)('of %s from %s in %s end at the city’s midnight after %d hours', (window, start, zone, hours) => {
    expect(length(start, window, zone)).toBe(hours);
    expect(length(start, window, zone), 'asked again').toBe(hours);
  });

  it('begin on the city’s hours and midnights', () => {
    const at = Date.parse('2026-11-24T04:20:00Z');
    expect(new Date(startOf('hour', at, 'Asia/Kolkata')).toISOString()).toBe('2026-11-24T03:30:00.000Z');
    expect(new Date(startOf('day', at, 'Asia/Ho_Chi_Minh')).toISOString()).toBe('2026-11-23T17:00:00.000Z');
  });

  it.each(['5m', '15m', '1h', '1d', '1w'] as const)('of %s are never fewer than a range touches', (window) => {
    const zone = 'Europe/Berlin';
    for (const from of ['2026-03-28T22:59:00Z', '2026-03-23T00:00:00Z', '2026-10-24T21:30:00Z'])
      for (const hours of [0.01, 1, 23.1, 24, 47.5, 167.2, 336]) {
        const [start, to] = [Date.parse(from), Date.parse(from) + hours * HOUR];
        const units = { '5m': 'hour', '15m': 'hour', '1h': 'hour', '1d': 'day', '1w': 'week' } as const;
        let [at, touched] = [DateTime.fromMillis(start, { zone }).startOf(units[window]).toMillis(), 0];
        for (; at < to; at = windowEnd(at, window, to, zone)) if (windowEnd(at, window, to, zone) > start) touched += 1;
        expect(countWindows(start, to, window), `${from} ${hours}`).toBeGreaterThanOrEqual(touched);
      }
    expect(countWindows(0, 1, 'all')).toBe(1);
  });
});
