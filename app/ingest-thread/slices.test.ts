import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gathered, SLICE, Slices } from './slices.ts';

it('answers of any length come over whole and in order, however many are under way at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3 * SLICE), { maxLength: 5 }), async (lengths) => {
      const slices = new Slices<number>();
      const answers = lengths.map((length) => Array.from({ length }, (_, i) => i));
      const crossed = await Promise.all(
        answers.map((rows) =>
          gathered(slices.first(rows), async (rest) => {
            await Promise.resolve();
            const slice = slices.next(rest);
            expect(slice.rows.length).toBeLessThanOrEqual(SLICE);
            return slice;
          }),
        ),
      );
      expect(crossed).toEqual(answers);
    }),
    { numRuns: 50 },
  );
});

it('an answer that nobody goes on with gives way to others, and says so', () => {
  const slices = new Slices<number>(1);
  const rows = Array.from({ length: SLICE + 1 }, (_, i) => i);
  const [first, second] = [slices.first(rows), slices.first(rows)];
  expect(() => slices.next(first.rest ?? 0)).toThrow('given up');
  expect(slices.next(second.rest ?? 0)).toEqual({ rows: [SLICE], rest: undefined });
});
