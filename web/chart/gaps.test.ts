import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gapsOf, longestOf, patience } from './gaps.ts';

const single = (times: readonly number[]) => times.map((time) => ({ oldest: time, newest: time }));

test('silence is a gap when it is longer than three expected intervals, at the ends of the range too', () => {
  const gaps = gapsOf(single([100, 200, 501, 600]), 0, 1_000, 300);
  expect(gaps).toEqual([
    { from: 200, to: 501 },
    { from: 600, to: 1_000 },
  ]);
  expect(gapsOf(single([100, 200, 500]), 0, 800, 300)).toEqual([]);
  expect(patience(60)).toBe(180_000);
});

test('nothing at all is one gap, and a range of no length none', () => {
  expect(gapsOf([], 0, 1_000, 300)).toEqual([{ from: 0, to: 1_000 }]);
  expect(gapsOf([], 500, 500, 0)).toEqual([]);
});

test('a window counts as heard from its first to its last observation', () => {
  expect(
    gapsOf(
      [
        { oldest: 10, newest: 290 },
        { oldest: 700, newest: 890 },
      ],
      0,
      900,
      300,
    ),
  ).toEqual([{ from: 290, to: 700 }]);
});

/** Looks at every moment: silent where the neighbours that were heard are further apart than what is waited for. */
function naive(times: readonly number[], from: number, to: number, longest: number): readonly boolean[] {
  const ends = [from, ...times, to];
  return Array.from({ length: to - from }, (_, i) => {
    const at = from + i + 0.5;
    const before = Math.max(...ends.filter((time) => time <= at));
    const after = Math.min(...ends.filter((time) => time >= at));
    return after - before > longest;
  });
}

test('finds just what looking at every moment finds, in the order of time and apart', () => {
  const times = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 30 });
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 60 }), (some, longest) => {
      const sorted = [...some].sort((a, b) => a - b);
      const gaps = gapsOf(single(sorted), 0, 120, longest);
      const covered = Array.from({ length: 120 }, (_, i) =>
        gaps.some(({ from, to }) => from < i + 0.5 && i + 0.5 < to),
      );
      expect(covered).toEqual(naive(sorted, 0, 120, longest));
      gaps.forEach((gap, i) => {
        expect(gap.from).toBeGreaterThanOrEqual(gaps[i - 1]?.to ?? 0);
      });
      const lengths = gaps.map(({ from, to }) => to - from);
      const found = longestOf(gaps);
      expect(found && found.to - found.from).toBe(lengths.length === 0 ? undefined : Math.max(...lengths));
    }),
  );
});
