import { describe, expect, it } from 'vitest';
import { countWindows, due, windowEnd } from './windows.ts';

const HOUR = 3_600_000;

describe('windows', () => {
  it('of a day end at the city’s next midnight, however long the day is', () => {
    const end = (start: string, zone: string) => windowEnd(Date.parse(start), '1d', 0, zone) - Date.parse(start);
    expect(end('2026-11-23T17:00:00Z', 'Asia/Ho_Chi_Minh')).toBe(24 * HOUR);
    expect(end('2026-10-24T22:00:00Z', 'Europe/Berlin')).toBe(25 * HOUR);
    expect(end('2026-03-28T23:00:00Z', 'Europe/Berlin')).toBe(23 * HOUR);
  });

  it('are never fewer than a range touches', () => {
    expect(countWindows(HOUR / 2, HOUR * 1.5, '1h')).toBeGreaterThanOrEqual(2);
    expect(countWindows(0, 1, 'all')).toBe(1);
  });
});

describe('what is due', () => {
  const range = { from: 0, to: HOUR, now: HOUR };
  it.each([
    ['a whole window', 1, 60, range, 60],
    ['the part within the range', 1, 60, { ...range, from: HOUR / 2 }, 30],
    ['the part in the past', 1, 60, { ...range, now: HOUR / 4 }, 15],
    ['nothing of the future', 1, 60, { ...range, now: -1 }, 0],
    ['a share where the interval is longer than the window', 12, 12 * 3_600, range, 1],
    ['nothing from nobody', 0, 60, range, 0],
  ])('is %s', (_, devices, interval, asked, expected) => {
    expect(due(devices, interval, { start: 0, end: HOUR }, asked)).toBe(expected);
  });
});
