import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Position } from '../../model/geometry.ts';
import { shiftsOf } from './stack.ts';

const HERE: Position = [105.85, 21.03];
const named = (count: number, at: Position = HERE) => Array.from({ length: count }, (_, i) => ({ id: `d-${i}`, at }));

test('a mark that stands alone is where it stands', () => {
  const shifts = shiftsOf([
    { id: 'a', at: HERE },
    { id: 'b', at: [105.86, 21.03] },
  ]);
  expect([...shifts.values()]).toEqual([
    [0, 0],
    [0, 0],
  ]);
});

test('no two marks of one spot cover each other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), (count) => {
      const shifts = [...shiftsOf(named(count)).values()];
      for (const [i, [x, y]] of shifts.entries())
        for (const [u, v] of shifts.slice(i + 1)) expect(Math.hypot(x - u, y - v)).toBeGreaterThan(10);
    }),
  );
});

test('where a mark goes hangs on the ids and not on their order', () => {
  const points = named(9);
  expect(new Map([...shiftsOf([...points].reverse())].sort())).toEqual(new Map([...shiftsOf(points)].sort()));
});
