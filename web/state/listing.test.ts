import { expect, test } from 'vitest';
import { at, cityWith, counter } from '../testing/city.ts';
import { countByRating, listed } from './listing.ts';

const city = cityWith(
  counter({ id: 'counter-1', name: 'Hồ Tây 10' }),
  counter({ id: 'counter-2', name: 'Hồ Tây 9' }),
  counter({ id: 'counter-3', name: 'Đường Láng', latest: {} }),
  counter({
    id: 'counter-4',
    name: 'Cũ',
    latest: { mean_speed: { value: 8, time: at(4_000), age: 4_000, quality: 'valid', level: 'severe' } },
  }),
);
const names = (words: string, rating: 'severe' | null = null) =>
  listed(city.marks, { words, rating }, city.catalogue, 'vi').map(({ device }) => device.name);

test('words are found without their marks, in name, kind and id, all of them', () => {
  expect(names('ho tay')).toEqual(['Hồ Tây 9', 'Hồ Tây 10']);
  expect(names('duong lang')).toEqual(['Đường Láng']);
  expect(names('trạm đếm counter-3')).toEqual(['Đường Láng']);
  expect(names('tay lang')).toEqual([]);
});

test('a level is of the present: what fell silent is neither listed under it nor counted', () => {
  expect(names('', 'severe')).toEqual(['Hồ Tây 9', 'Hồ Tây 10']);
  expect(countByRating(city.marks).get('severe')).toBe(2);
});
