import { expect, test } from 'vitest';
import { at, cityWith, NOW } from '../testing/city.ts';
import { figuresOf, questionAt, type WardsAsked, wholenessOf } from './choropleth.svelte.ts';
import { NO_FILTERS } from './url.ts';

const { catalogue } = cityWith();
function asked(metric: string, change: Partial<WardsAsked> = {}): WardsAsked {
  const figure = catalogue.figure(metric);
  if (figure === undefined) throw new Error(`no ${metric}`);
  const usual = {
    domain: 'traffic',
    filters: NO_FILTERS,
    per: null,
    resolution: null,
    at: null,
    timezone: 'Asia/Ho_Chi_Minh',
  };
  return { ...usual, figure, over: 'PT1H', ...change };
}
const time = (ms: number) => new Date(ms).toISOString();

test('pages that ask within the same minute ask for the same', () => {
  const [a, b] = [questionAt(asked('mean_speed'), NOW + 1_000), questionAt(asked('mean_speed'), NOW + 59_000)];
  expect(a).toEqual(b);
  expect(a).toMatchObject({ window: 'all', from: NOW - 3_600_000, to: NOW });
});

test('the day is the city’s', () => {
  const { from, to } = questionAt(asked('mean_speed', { over: 'today' }), NOW);
  expect([time(from), time(to)]).toEqual(['2026-11-23T17:00:00.000Z', '2026-11-24T01:00:00.000Z']);
});

test('an index is asked for by whole hours, the last full one too, or by the day', () => {
  const now = NOW + 20 * 60_000;
  expect(questionAt(asked('vn_aqi'), now)).toMatchObject({ window: '1h', from: NOW - 3_600_000, to: now });
  expect(questionAt(asked('vn_aqi', { over: 'today' }), now).window).toBe('1d');
});

test('the newest window of a ward counts, in whatever order they come', () => {
  const usual = { group: 'ba-dinh', devices: 1, expected: 1, received: 1, completeness: 1, newest: at(60) };
  const [older, newer] = [
    { ...usual, time: at(7_200), value: 1 },
    { ...usual, time: at(3_600), value: 2 },
  ];
  for (const items of [
    [older, newer],
    [newer, older],
  ])
    expect(figuresOf({ items }).get('ba-dinh')?.value).toBe(2);
});

test.each([
  [null, 'unknown'],
  [0.79, 'incomplete'],
  [0.8, 'complete'],
])('with %s of the reports a figure is %s', (completeness, expected) => {
  expect(wholenessOf({ completeness })).toBe(expected);
});
