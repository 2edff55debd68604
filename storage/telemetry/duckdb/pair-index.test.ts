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

  it('takes up ids with gaps between them, and gives none of those again', () => {
    const index = new PairIndex();
    index.load(1, 'a', 'x');
    index.load(4, 'b', 'x');
    index.skip(6);
    index.skip(2);
    expect(() => index.load(4, 'c', 'x')).toThrow(/not behind/);
    expect(index.idOf('c', 'x')).toBe(7);
    expect(index.find('b', 'x')).toBe(4);
    expect(() => index.pair(2)).toThrow(RangeError);
    expect([...index.added()]).toEqual([[7, 'c', 'x']]);
  });

  it('gives up pairs, which come back under new ids', () => {
    const index = new PairIndex();
    for (const second of ['x', 'y']) index.load(second === 'x' ? 0 : 1, 'a', second);
    index.remove([0]);
    expect(index.find('a', 'x')).toBeUndefined();
    expect(index.matching(['a'], undefined)).toEqual([1]);
    expect(index.idOf('a', 'x')).toBe(2);
    index.settle();
    // Given up once more, by the old id: the new one stays.
    index.remove([0, 1]);
    expect(index.matching(['a'], undefined)).toEqual([2]);
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
