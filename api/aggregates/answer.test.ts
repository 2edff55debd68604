import { describe, expect, it } from 'vitest';
import { type Answer, ratioOf } from './answer.ts';

const answer = (group: string, start: number, value: number, other: Partial<Answer> = {}): Answer => ({
  ...{ group, start, value, mean: value, min: value, max: value, sum: value, count: 1, devices: 1 },
  ...{ oldest: start + 1, newest: start + 2, expected: 2 },
  ...other,
});

describe('a ratio', () => {
  it('divides figures of the same group and window and tells what both received', () => {
    const above = [answer('a', 0, 30, { devices: 3, oldest: 5 }), answer('b', 0, 1), answer('a', 60, 9)];
    const below = [answer('a', 60, 3), answer('a', 0, 40, { count: 4, newest: 9 })];
    expect(ratioOf(above, below, 100)).toMatchObject([
      { group: 'a', start: 0, value: 75, count: 5, devices: 3, expected: 4, oldest: 1, newest: 9 },
      { group: 'a', start: 60, value: 300, count: 2, devices: 1, expected: 4, oldest: 61, newest: 62 },
    ]);
  });

  it('is not told where the lower figure is 0', () => {
    expect(ratioOf([answer('a', 0, 5)], [answer('a', 0, 0)], 1)).toEqual([]);
  });
});
