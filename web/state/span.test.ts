import { expect, test } from 'vitest';
import { DOMAINS } from '../../model/domains/index.ts';
import { spanFor, spansOf, startOf, startOfDay } from './span.ts';

const figure = (id: string) => {
  const found = DOMAINS.flatMap(({ metrics, derived }) => [...metrics, ...derived]).find((row) => row.id === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};
const at = (text: string) => Date.parse(text);

test.each([
  ['2026-11-24T08:15:30.250+07:00', 'Asia/Ho_Chi_Minh', '2026-11-24T00:00:00+07:00'],
  ['2026-11-24T00:00:00+07:00', 'Asia/Ho_Chi_Minh', '2026-11-24T00:00:00+07:00'],
  ['2026-11-23T23:59:59.999+07:00', 'Asia/Ho_Chi_Minh', '2026-11-23T00:00:00+07:00'],
  ['2026-03-29T12:00:00+02:00', 'Europe/Berlin', '2026-03-29T00:00:00+01:00'],
  ['2026-10-25T12:00:00+01:00', 'Europe/Berlin', '2026-10-25T00:00:00+02:00'],
])('the day of %s in %s began at %s', (now, zone, start) => {
  expect(startOfDay(at(now), zone)).toBe(at(start));
});

test('a span ends now and is as long as it says; today is the city’s', () => {
  const now = at('2026-11-24T08:00:00+07:00');
  expect(now - startOf('PT15M', now, 'Asia/Ho_Chi_Minh')).toBe(900_000);
  expect(now - startOf('P7D', now, 'Asia/Ho_Chi_Minh')).toBe(7 * 86_400_000);
  expect(now - startOf('today', now, 'Asia/Ho_Chi_Minh')).toBe(8 * 3_600_000);
});

test('no span is shorter than the interval at which a metric is reported, and an index is of hours and days', () => {
  expect(spansOf(figure('mean_speed'))).toEqual(['PT15M', 'PT1H', 'today', 'P7D']);
  expect(spansOf(figure('records_total'))).toEqual(['PT1H', 'today', 'P7D']);
  expect(spansOf(figure('vn_aqi'))).toEqual(['PT1H', 'today']);
});

test('what cannot be asked for gives way to the next longer span that can', () => {
  expect(spanFor(figure('records_total'), 'PT15M')).toBe('PT1H');
  expect(spanFor(figure('vn_aqi'), 'P7D')).toBe('today');
  expect(spanFor(figure('mean_speed'), 'P7D')).toBe('P7D');
});
