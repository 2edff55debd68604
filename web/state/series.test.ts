import { expect, test } from 'vitest';
import { seriesOf, windowFor } from './series.ts';

const window = { id: '5m', seconds: 300 } as const;
const from = Date.UTC(2026, 10, 24);
const row = (minute: number, value: number) => ({
  time: new Date(from + minute * 60_000).toISOString(),
  value,
  min: value,
  max: value,
  completeness: 1,
});

test('a window without data is a gap and not a line across', () => {
  const series = seriesOf([row(0, 4), row(15, 6)], window, from, from + 20 * 60_000);
  expect(series.values).toEqual([4, null, null, 6, null]);
  expect(series.times.map((time) => (time - from / 1_000) / 60)).toEqual([0, 5, 10, 15, 20]);
  expect(series.range).toEqual([4, 6]);
});

test('the grid stands on whole windows wherever the day begins', () => {
  const series = seriesOf([row(5, 4)], window, from + 61_000, from + 10 * 60_000);
  expect(series.values).toEqual([4, null]);
});

test('without any figure there is no range', () => {
  expect(seriesOf([], window, from, from).range).toBeNull();
});

test.each([
  [30, '5m'],
  [300, '5m'],
  [900, '15m'],
  [3_600, '1h'],
  [86_400, '1h'],
])('a metric of %i s is drawn in windows of %s', (interval, id) => {
  expect(windowFor({ interval }).id).toBe(id);
});
