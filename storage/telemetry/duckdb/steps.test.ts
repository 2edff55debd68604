import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Minute, stepsOf } from './steps.ts';

const MINUTE = 60_000;

/** Minutes with gaps between them; some hold more rows than a step should. */
const minutes: fc.Arbitrary<Minute[]> = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 3_000 }),
      rows: fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 3_000_000 })),
      share: fc.constantFrom(0, 0, 0.01, 1),
    }),
    { maxLength: 200 },
  )
  .map((list) => {
    let start = -MINUTE;
    return list.map(({ gap, rows, share }) => {
      start += gap * MINUTE;
      return { start, rows, going: Math.floor(rows * share) };
    });
  });

describe('steps of a deletion', () => {
  it('are one for little, and none for nothing', () => {
    expect(stepsOf([])).toEqual([]);
    const quiet = Array.from({ length: 1_000 }, (_, i) => ({ start: i * 60 * MINUTE, rows: 10, going: 10 }));
    expect(stepsOf(quiet)).toEqual([{ end: 999 * 60 * MINUTE + MINUTE, needed: true }]);
  });

  it('cover every minute once, skip what holds nothing, and are small wherever a minute is', () => {
    fc.assert(
      fc.property(minutes, (given) => {
        let from = Number.NEGATIVE_INFINITY;
        let covered = 0;
        for (const { end, needed } of stepsOf(given)) {
          const inside = given.filter(({ start }) => start >= from && start < end);
          const going = inside.reduce((sum, minute) => sum + minute.going, 0);
          expect(inside.length).toBeGreaterThan(0);
          expect(needed).toBe(going > 0);
          if (inside.length > 1) {
            expect(going).toBeLessThanOrEqual(50_000);
            expect(inside.reduce((sum, { rows }) => sum + rows, 0)).toBeLessThanOrEqual(1_000_000);
          }
          covered += inside.length;
          from = end;
        }
        expect(covered).toBe(given.length);
      }),
    );
  });
});
