import { describe, expect, it } from 'vitest';
import { PairIndex } from './pair-index.ts';

describe('index of pairs', () => {
  it('numbers pairs in the order in which they come, each once', () => {
    const index = new PairIndex();
    expect([index.idOf('a', 'x'), index.idOf('a', 'y'), index.idOf('b', 'x'), index.idOf('a', 'x')]).toEqual([
      0, 1, 2, 0,
    ]);
    expect(index.pair(2)).toEqual(['b', 'x']);
    expect(index.find('b', 'y')).toBeUndefined();
  });

  it('forgets what was added since it was settled, and gives the numbers again', () => {
    const index = new PairIndex();
    index.idOf('a', 'x');
    index.settle();
    index.idOf('a', 'y');
    index.idOf('b', 'x');
    expect([...index.added()]).toEqual([
      [1, 'a', 'y'],
      [2, 'b', 'x'],
    ]);
    index.forget();
    expect(index.find('a', 'y')).toBeUndefined();
    expect(index.find('a', 'x')).toBe(0);
    expect(index.idOf('b', 'x')).toBe(1);
  });

  it('finds pairs by either name', () => {
    const index = new PairIndex();
    for (const first of ['a', 'b']) for (const second of ['x', 'y']) index.idOf(first, second);
    expect(index.matching(['b', 'b', 'c'], undefined)).toEqual([2, 3]);
    expect(index.matching(undefined, ['y'])).toEqual([1, 3]);
    expect(index.matching([], undefined)).toEqual([]);
    expect(index.matching(undefined, undefined)).toEqual([0, 1, 2, 3]);
  });
});
