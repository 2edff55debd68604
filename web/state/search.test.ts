import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Domain } from '../../model/domain.ts';
import { fold } from '../../model/fold.ts';
import { allPlaces } from '../places/rows.ts';
import { domains } from '../testing/city.ts';
import { type SearchSpace, search } from './search.ts';

const device = (id: string, name: string, domain = 'traffic') => ({
  id,
  name,
  domain,
  kind: 'counter',
  simulated: false,
});
const ward = (id: string, vi: string) => ({
  ...{ id, level: 'ward' as const, kind: 'ward' as const, name: { vi, en: vi }, population: null },
  ...{ point: [105.8, 21] as [number, number], approximate: true, attribution: null },
  geometry: { type: 'Polygon' as const, coordinates: [] },
});
const space = {
  catalogue: { domains, listed: ({ kinds }: Domain) => kinds.filter(({ like }) => like === undefined) },
  wards: [ward('dong-da', 'Phường Đống Đa'), ward('tay-ho', 'Phường Tây Hồ')],
  devices: [
    device('counter-1', 'Đống Đa – Tây Sơn'),
    device('counter-2', 'Phố Huế 10'),
    device('counter-3', 'Phố Huế 9'),
    device('hospital-1', 'Bệnh viện Việt Đức', 'health'),
  ],
  places: allPlaces(),
};
const found = (text: string, from: Partial<SearchSpace> = { places: [] }) =>
  search(text, { ...space, ...from }).map(({ type, id }) => `${type} ${id}`);

test('wards and devices are found without marks and without case', () => {
  expect(found('dong da')).toEqual(['area dong-da', 'device counter-1']);
  expect(found('ĐỐNG ĐA')).toEqual(found('dong da'));
  expect(found('da dong')).toEqual(found('dong da'));
});

test('metrics, kinds and domains are found in either language', () => {
  expect(found('toc do trung binh')).toContain('metric mean_speed');
  expect(found('mean speed')).toContain('metric mean_speed');
  expect(found('tram dem xe')).toContain('kind counter');
  expect(found('moi truong')).toContain('domain environment');
});

test('a metric that kinds of another domain report stands once, with the domain it belongs to', () => {
  const hits = search('noise level', { ...space, places: [] }).filter(({ id }) => id === 'noise_level');
  expect(hits).toHaveLength(1);
});

test('what begins with the words comes first, and numbers are in their order', () => {
  expect(found('pho hue')).toEqual(['device counter-3', 'device counter-2']);
});

test('the type with the best of all comes first, so that Enter goes there', () => {
  expect(found('pho')[0]).toBe('device counter-3');
  expect(found('phuong')[0]).toMatch(/^area/);
});

test('words within words are found only where nothing begins with them', () => {
  expect(found('ong')).toContain('area dong-da');
  expect(found('tay ho')).toEqual(['area tay-ho']);
});

test('nothing is found in nothing', () => {
  expect([found(''), found('  '), found('xyzzy')]).toEqual([[], [], []]);
});

test('places are found by name, by what they are in either language, and each says what it is', () => {
  const places = (text: string) => found(text, {}).filter((hit) => hit.startsWith('place'));
  expect(places('ho hoan kiem')).toContain('place water:ho-hoan-kiem');
  expect(places('west lake')[0]).toBe('place water:ho-tay');
  expect(places('hospital bach mai')).toEqual(['place hospital:bach-mai']);
  expect(places('benh vien bach mai')).toEqual(['place hospital:bach-mai']);
  expect(places('duong lang')[0]).toBe('place street:lang');
  expect(places('van mieu')[0]).toBe('place sight:van-mieu');
  // What it is alone finds nothing in particular: only names that hold the word.
  expect(places('hospital')).toEqual([]);
});

test('a whole name comes before one that only begins with it, and that before a word within', () => {
  const devices = [device('c-1', 'Trần Hưng Đạo'), device('c-2', 'Hưng Đạo 2'), device('c-3', 'Hưng Đạo')];
  const only = { devices, wards: [], places: [] };
  expect(found('hung dao', only)).toEqual(['device c-3', 'device c-2', 'device c-1']);
});

const letters = fc.constantFrom(...'aàảãáạăằâầbcdđeèêếghiìklmnoòôốơớpqrstuùưứvxyỳ');
const word = fc.string({ unit: letters, minLength: 1, maxLength: 6 });
const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));

test('any name is found by any beginnings of its words, with marks or without, in any case and order', () => {
  const asked = name.chain((text) =>
    fc.record({
      text: fc.constant(text),
      words: fc
        .tuple(...text.split(' ').map((each) => fc.integer({ min: 1, max: each.length }).map((n) => each.slice(0, n))))
        .chain((starts) => fc.shuffledSubarray(starts, { minLength: 1 })),
      write: fc.constantFrom(
        (each: string) => each,
        (each: string) => fold(each),
        (each: string) => each.toUpperCase(),
        (each: string) => each.normalize('NFD'),
      ),
    }),
  );
  fc.assert(
    fc.property(asked, ({ text, words, write }) => {
      const only = { ...space, devices: [device('x-1', text)], wards: [], places: [] };
      const hits = search(write(words.join(' ')), { ...only, catalogue: { domains: [], listed: () => [] } });
      expect(hits.map(({ id }) => id)).toEqual(['x-1']);
    }),
    { numRuns: 500 },
  );
});

test('every place is found by its own name, and its address is its own', () => {
  const all = allPlaces();
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  for (const { id, name: called, point } of all) {
    expect(id).toMatch(/^[a-z]+:[a-z0-9][a-z0-9-]{0,63}$/);
    expect(point[0]).toBeGreaterThan(105.2);
    expect(point[1]).toBeGreaterThan(20.5);
    const alone = { ...space, devices: [], wards: [], catalogue: { domains: [], listed: () => [] } };
    expect(search(called.vi, alone).some((hit) => hit.name.vi === called.vi)).toBe(true);
  }
});
