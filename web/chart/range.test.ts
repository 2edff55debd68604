import fc from 'fast-check';
import { expect, test } from 'vitest';
import { held, LONGEST, moved, rangeOf, readChoice, SHORTEST, SPANS, writeChoice, zoomed } from './range.ts';

const now = Date.UTC(2026, 10, 24, 1);
const DAY = 86_400_000;

test('a span ends now; while a stored moment is shown it lies around that, never ahead of now', () => {
  expect(rangeOf('24h', now)).toEqual({ from: now - DAY, to: now });
  const moment = now - 10 * DAY;
  const past = rangeOf('24h', now, moment);
  expect(past.to - past.from).toBe(DAY);
  expect(past.from).toBeLessThanOrEqual(moment - DAY / 4);
  expect(past.to).toBeGreaterThanOrEqual(moment + DAY / 4);
  expect(rangeOf('24h', now, now - 1_000).to).toBe(now);
});

test('a range is read anew seldom while a moment is played', () => {
  const ranges = Array.from({ length: 60 }, (_, i) => rangeOf('6h', now, now - 10 * DAY + i * 60_000).from);
  expect(new Set(ranges).size).toBeLessThanOrEqual(2);
});

test('zooming keeps what is pointed at in its place', () => {
  const range = { from: now - DAY, to: now };
  const centre = now - DAY / 4;
  const closer = zoomed(range, 0.5, centre, now);
  expect(closer).toEqual({ from: now - DAY / 4 - 0.75 * (DAY / 2), to: now - DAY / 4 + 0.25 * (DAY / 2) });
  expect(moved(range, -0.5, now)).toEqual({ from: now - 1.5 * DAY, to: now - DAY / 2 });
  expect(moved(range, 1, now)).toEqual(range);
});

const some = fc.record({
  from: fc.integer({ min: now - 4 * LONGEST, max: now }),
  length: fc.integer({ min: 0, max: 3 * LONGEST }),
  factor: fc.double({ min: 0.001, max: 1_000, noNaN: true }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});

test('however one zooms and moves, the range is one that a chart can show and is read back from the address', () => {
  fc.assert(
    fc.property(some, ({ from, length, factor, share }) => {
      const first = held({ from, to: from + length }, now);
      const centre = first.from + (first.to - first.from) * share;
      for (const range of [first, zoomed(first, factor, centre, now), moved(first, share, now)]) {
        expect(range.to).toBeLessThanOrEqual(now);
        expect(range.to - range.from).toBeGreaterThanOrEqual(SHORTEST);
        expect(range.to - range.from).toBeLessThanOrEqual(LONGEST);
        expect(readChoice(writeChoice(range))).toEqual(range);
      }
    }),
  );
});

test('spans are read back, and what makes no sense is no choice', () => {
  for (const span of Object.keys(SPANS)) expect(readChoice(span)).toBe(span);
  const nonsense = ['', '2h', '20261124T010000Z', '20261125T010000Z-20261124T010000Z', '2026-11-24', '<b>', 'toString'];
  for (const text of nonsense) expect(readChoice(text)).toBeNull();
});
