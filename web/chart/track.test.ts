import { expect, test } from 'vitest';
import { columnsOf, gapAt, pointAt, trackOfObservations, trackOfWindows } from './track.ts';
import { fieldOf, instantIn, momentOf } from './zone.ts';

const from = Date.UTC(2026, 10, 23, 1);
const at = (minute: number) => new Date(from + minute * 60_000).toISOString();
const frame = { from, to: from + 3_600_000, now: from + 3_600_000, interval: 60, completeness: null };
const observed = (minute: number, value: number, quality: 'valid' | 'suspect' | 'invalid' = 'valid') => ({
  ...{ time: at(minute), value, quality, flags: [], received: at(minute) },
});
const minutes = (times: readonly number[]) => times.map((time) => (time - from / 1_000) / 60);

test('a line breaks in a gap, and an invalid value leads none', () => {
  const track = trackOfObservations([observed(1, 4), observed(2, 999, 'invalid'), observed(3, 6), observed(20, 8)], {
    ...frame,
    to: from + 22 * 60_000,
  });
  expect(columnsOf(track).line).toEqual([4, 6, null, 8]);
  expect(minutes(columnsOf(track).times)).toEqual([1, 3, 11.5, 20]);
  expect(track.extent).toEqual([4, 8]);
  expect(track.points).toHaveLength(4);
});

const window = (minute: number, newest: number) => ({
  ...{ time: at(minute), oldest: at(minute), newest: at(newest), value: 10, mean: 12, min: 8, max: 16 },
  ...{ expected: 5, received: 5, completeness: 1 },
});

test('a window stands in its middle with its mean, its band, and its ends as heard', () => {
  const track = trackOfWindows([window(0, 4), window(5, 9), window(30, 34)], frame, {
    resolution: '5m',
    mean: true,
    band: true,
  });
  expect(minutes(columnsOf(track).times)).toEqual([2.5, 7.5, 19.5, 32.5, 47]);
  expect(columnsOf(track).line).toEqual([12, 12, null, 12, null]);
  expect(columnsOf(track).lows[0]).toBe(8);
  expect(track.extent).toEqual([8, 16]);
  expect(gapAt(track, from + 20 * 60_000)).toEqual({ from: from + 9 * 60_000, to: from + 30 * 60_000 });
});

test('a total has neither mean nor band', () => {
  const track = trackOfWindows([window(0, 4)], frame, { resolution: '5m', mean: false, band: false });
  expect(columnsOf(track)).toMatchObject({ line: [10, null], lows: [null, null] });
});

test('a moment is told by the window that holds it, by the nearest report, or by nothing in a gap', () => {
  const windows = trackOfWindows([window(0, 4), window(5, 9)], frame, { resolution: '5m', mean: true, band: true });
  expect(pointAt(windows, from + 5.1 * 60_000)?.start).toBe(from + 5 * 60_000);
  expect(pointAt(windows, from + 40 * 60_000)).toBeUndefined();
  const raw = trackOfObservations([observed(1, 4), observed(3, 6), observed(10, 9, 'invalid')], frame);
  expect(pointAt(raw, from + 1.9 * 60_000)?.value).toBe(4);
  expect(pointAt(raw, from + 2.1 * 60_000)?.value).toBe(6);
  expect(pointAt(raw, from + 10 * 60_000)?.value).toBe(9);
  expect(pointAt(raw, from + 11 * 60_000)).toBeUndefined();
});

test('fields of date and time are the city’s, whatever the reader’s zone and the time of year', () => {
  expect(fieldOf(from, 'Asia/Ho_Chi_Minh')).toBe('2026-11-23T08:00');
  expect(instantIn(from, 'America/St_Johns')).toBe('2026-11-22T21:30:00.000-03:30');
  for (const zone of ['Asia/Ho_Chi_Minh', 'America/New_York', 'Europe/Berlin', 'Asia/Kathmandu'])
    for (let hour = 0; hour < 24 * 365; hour += 37) {
      const moment = Date.UTC(2026, 0, 1) + hour * 3_600_000;
      const back = momentOf(fieldOf(moment, zone), zone);
      // In the hour that clocks have twice, a field means one of the two.
      expect(Math.abs((back ?? 0) - moment) % 3_600_000).toBe(0);
      expect(fieldOf(back ?? 0, zone)).toBe(fieldOf(moment, zone));
    }
  expect(momentOf('', 'Asia/Ho_Chi_Minh')).toBeUndefined();
});
