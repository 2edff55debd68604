import { expect, test } from 'vitest';
import type { Domain } from '../../model/domain.ts';
import { domains } from '../testing/city.ts';
import { search } from './search.ts';

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
};
const found = (text: string) => search(text, space).map(({ type, id }) => `${type} ${id}`);

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
  const hits = search('noise level', space).filter(({ id }) => id === 'noise_level');
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
