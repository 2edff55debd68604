import { expect, test } from 'vitest';
import type { AreaGeometry } from '../../model/area.ts';
import { approximateWards } from '../../model/places/cells.ts';
import { bordersOf } from './borders.ts';

const square = (x: number): { geometry: AreaGeometry } => ({
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [x, 0],
        [x + 1, 0],
        [x + 1, 1],
        [x, 1],
        [x, 0],
      ],
    ],
  },
});

test('a border that two areas share is there once', () => {
  expect(bordersOf([square(0)])).toHaveLength(4);
  expect(bordersOf([square(0), square(1)])).toHaveLength(7);
});

test('most borders of the wards are shared', () => {
  const wards = approximateWards();
  const sides = wards.reduce((sum, ward) => sum + bordersOf([ward]).length, 0);
  expect(bordersOf(wards).length).toBeLessThan(0.75 * sides);
});
