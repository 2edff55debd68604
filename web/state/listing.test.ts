import { expect, test } from 'vitest';
import { at, cityWith, counter } from '../testing/city.ts';
import { facetsOf, passing, toggled } from './filtering.ts';
import { inOrder, matching } from './listing.ts';
import { type Filters, NO_FILTERS } from './url.ts';

const city = cityWith(
  counter({ id: 'counter-1', name: 'Hồ Tây 10' }),
  counter({ id: 'counter-2', name: 'Hồ Tây 9', simulated: true, provider: 'fleet' }),
  counter({ id: 'counter-3', name: 'Đường Láng', condition: 'new', latest: {} }),
  counter({
    id: 'counter-4',
    name: 'Cũ',
    latest: { mean_speed: { value: 8, time: at(4_000), age: 4_000, quality: 'valid', level: 'severe' } },
  }),
);
const named = (words: string) =>
  inOrder(city.marks.filter(matching(words, city.catalogue)), 'vi').map(({ device }) => device.name);
const filtered = (change: Partial<Filters>) =>
  inOrder(city.marks.filter(passing({ ...NO_FILTERS, ...change }, city.context)), 'vi').map(
    ({ device }) => device.name,
  );
const ALL = ['Cũ', 'Đường Láng', 'Hồ Tây 9', 'Hồ Tây 10'];

test('words are found without their marks, in name, kind in either language and id, all of them', () => {
  expect(named('')).toEqual(ALL);
  expect(named('ho tay')).toEqual(['Hồ Tây 9', 'Hồ Tây 10']);
  expect(named('duong lang')).toEqual(['Đường Láng']);
  expect(named('trạm đếm counter-3')).toEqual(['Đường Láng']);
  expect(named('traffic COUNTER 10')).toEqual(['Hồ Tây 10']);
  expect(named('tay lang')).toEqual([]);
});

test('a level is of the present: what fell silent is neither listed under it nor counted', () => {
  expect(filtered({ levels: ['severe'] })).toEqual(['Hồ Tây 9', 'Hồ Tây 10']);
  expect(facetsOf(city.marks, NO_FILTERS, city.context).levels.get('severe')).toBe(2);
});

test.each<[string, Partial<Filters>, string[]]>([
  ['nothing', {}, ALL],
  ['kind', { kind: 'counter' }, ALL],
  ['another kind', { kind: 'bus' }, []],
  ['provider', { provider: 'fleet' }, ['Hồ Tây 9']],
  ['condition', { conditions: ['new'] }, ['Đường Láng']],
  ['several conditions', { conditions: ['new', 'silent'] }, ['Cũ', 'Đường Láng']],
  ['freshness', { freshWithin: 60 }, ['Hồ Tây 9', 'Hồ Tây 10']],
  ['a longer time', { freshWithin: 4_100 }, ['Cũ', 'Hồ Tây 9', 'Hồ Tây 10']],
  ['simulated only', { simulated: 'only' }, ['Hồ Tây 9']],
  ['none simulated', { simulated: 'exclude' }, ['Cũ', 'Đường Láng', 'Hồ Tây 10']],
  ['two at once', { levels: ['severe'], simulated: 'exclude' }, ['Hồ Tây 10']],
])('filters by %s', (_, change, names) => {
  expect(filtered(change)).toEqual(names);
});

test('filters by the ward that a device stands in', () => {
  const ring = (west: number) => [
    [
      [west, 20.9],
      [west + 0.1, 20.9],
      [west + 0.1, 21.1],
      [west, 21.1],
      [west, 20.9],
    ] as [number, number][],
  ];
  const ward = (id: string, west: number) => ({
    ...{ id, level: 'ward' as const, kind: 'ward' as const, name: { vi: id, en: id } },
    ...{ population: null, point: [west, 21] as [number, number], approximate: true, attribution: null },
    geometry: { type: 'Polygon' as const, coordinates: ring(west) },
  });
  const there = cityWith(counter());
  there.areas.load([ward('west', 105.8), ward('east', 105.9)]);
  const inWard = (id: string) => there.marks.filter(passing({ ...NO_FILTERS, ward: id }, there.context)).length;
  expect([inWard('west'), inWard('east'), inWard('nowhere')]).toEqual([1, 0, 0]);
});

test('a count stands for what choosing it would show: the other filters are on, its own are not', () => {
  const { levels, conditions } = facetsOf(
    city.marks,
    { ...NO_FILTERS, simulated: 'exclude', conditions: ['new'], levels: ['severe'] },
    city.context,
  );
  expect(Object.fromEntries(conditions)).toEqual({ live: 1 });
  expect(Object.fromEntries(levels)).toEqual({});
});

test('choosing again takes out, and the order stays that of all', () => {
  expect(toggled(['a', 'b', 'c'], ['c'], 'a')).toEqual(['a', 'c']);
  expect(toggled(['a', 'b', 'c'], ['a', 'c'], 'a')).toEqual(['c']);
});
