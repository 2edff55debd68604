import { expect, test } from 'vitest';
import type { Position } from '../../model/geometry.ts';
import { offsetsOf } from './parallel.ts';

const [a, b, c]: readonly [Position, Position, Position] = [
  [105.8, 21],
  [105.9, 21],
  [105.9, 21.1],
];

test('a line that has its ends to itself stays on its course', () => {
  expect([
    ...offsetsOf([
      { id: 'one', coordinates: [a, b] },
      { id: 'two', coordinates: [b, c] },
    ]).values(),
  ]).toEqual([0, 0]);
});

test('lines between the same ends lie beside each other, whichever way they run', () => {
  const offsets = offsetsOf([
    { id: 'there', coordinates: [a, b] },
    { id: 'back', coordinates: [b, a] },
  ]);
  // To the right of one direction is to the left of the other: equal figures are different sides.
  expect(offsets).toEqual(
    new Map([
      ['there', -0.5],
      ['back', -0.5],
    ]),
  );
});

test('three of them are spread around the course', () => {
  const offsets = offsetsOf(['x', 'y', 'z'].map((id) => ({ id, coordinates: [a, c, b] })));
  expect([...offsets.values()]).toEqual([-1, 0, 1]);
});
