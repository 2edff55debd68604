import { describe, expect, test } from 'vitest';
import { orderOf, weakened } from './overlays.ts';

const BASE = ['land', 'water', 'road', 'name', 'end'];
const ANCHORS = ['water', 'name', 'end'];
const PARTS = [
  { id: 'line', overlay: 'devices', slot: 'roads' },
  { id: 'point', overlay: 'devices', slot: 'top' },
  { id: 'ward', overlay: 'wards', slot: 'ground' },
  { id: 'border', overlay: 'wards', slot: 'borders' },
  { id: 'ward-name', overlay: 'wards', slot: 'names' },
  { id: 'cell', overlay: 'hex', slot: 'ground' },
] as const;
const order = (...ids: readonly ('devices' | 'wards' | 'hex')[]) =>
  orderOf(
    BASE,
    PARTS,
    ids.map((id) => ({ id })),
    ANCHORS,
  );

describe('layers of the city among those of the base map', () => {
  test('areas lie under water and roads, lines under names, marks over everything', () => {
    expect(order('wards', 'devices')).toEqual([
      'land',
      'ward',
      'water',
      'road',
      'border',
      'line',
      'name',
      'ward-name',
      'point',
      'end',
    ]);
  });

  test('an area above another stays under the water, and the borders of both are seen', () => {
    expect(order('wards', 'hex').slice(0, 4)).toEqual(['land', 'ward', 'cell', 'water']);
    expect(order('hex', 'wards').slice(0, 4)).toEqual(['land', 'cell', 'ward', 'water']);
  });

  test('areas above devices cover them, and the roads with them', () => {
    expect(order('devices', 'wards')).toEqual([
      'land',
      'water',
      'road',
      'line',
      'name',
      'point',
      'ward',
      'border',
      'ward-name',
      'end',
    ]);
  });
});

test('an opacity is weakened wherever it stands, and the zoom stays outermost', () => {
  expect(weakened(0.8, 0.5)).toBe(0.4);
  expect(weakened(undefined, 0.5)).toBe(0.5);
  expect(weakened(['case', true, 1, 0], 0.5)).toEqual(['*', 0.5, ['case', true, 1, 0]]);
  expect(weakened(['step', ['zoom'], 0.2, 12, 1], 0.5)).toEqual(['step', ['zoom'], 0.1, 12, 0.5]);
  expect(weakened(['interpolate', ['linear'], ['zoom'], 9, ['get', 'a'], 12, 1], 0.5)).toEqual([
    'interpolate',
    ['linear'],
    ['zoom'],
    9,
    ['*', 0.5, ['get', 'a']],
    12,
    0.5,
  ]);
});
