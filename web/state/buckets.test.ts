import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BUCKETS_AT_MOST, STEPS } from '../../model/playback.ts';
import { edgesOf, placeOf, stepFor, stepsOf } from './buckets.ts';
import { fromLocal, toLocal } from './city-time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Clocks of whole hours, of half hours, and such as are put forward and back. */
const zones = fc.constantFrom('Asia/Ho_Chi_Minh', 'Asia/Kolkata', 'Europe/Berlin', 'America/St_Johns');
const moments = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) });
const ranges = fc
  .record({ from: moments, length: fc.integer({ min: 60_000, max: 10 * DAY_MS }) })
  .map(({ from, length }) => ({ from, to: from + length }));

test('the buckets of any range cover it without a gap, in any zone', () => {
  fc.assert(
    fc.property(ranges, fc.constantFrom(...STEPS.slice(2)), zones, (range, step, zone) => {
      const edges = edgesOf(range, step, zone);
      expect(edges[0]).toBeLessThanOrEqual(range.from);
      expect(edges.at(-1)).toBe(range.to);
      for (const [index, edge] of edges.entries())
        if (index > 0) expect(edge).toBeGreaterThan(edges[index - 1] ?? Infinity);
      expect(placeOf(edges, range.from)).toBe(0);
      expect(placeOf(edges, range.to)).toBe(edges.length - 1);
    }),
    { numRuns: 40 },
  );
});

test('days are those of the city, also where one has 23 or 25 hours', () => {
  const spring = { from: Date.UTC(2026, 2, 27, 23), to: Date.UTC(2026, 2, 30, 22) };
  const lengths = edgesOf(spring, 'P1D', 'Europe/Berlin').map(
    (edge, index, all) => ((all[index + 1] ?? NaN) - edge) / HOUR_MS,
  );
  expect(lengths.slice(0, -1)).toEqual([24, 23, 24]);
});

test('every step that is offered for a range is one the API answers, and the usual one is a film of it', () => {
  fc.assert(
    fc.property(ranges, zones, (range, zone) => {
      for (const step of stepsOf(range))
        expect(edgesOf(range, step, zone).length - 1).toBeLessThanOrEqual(BUCKETS_AT_MOST);
      expect(stepsOf(range)).toContain(stepFor(range, null));
    }),
    { numRuns: 40 },
  );
  expect(stepFor({ from: 0, to: HOUR_MS }, null)).toBe('PT1M');
  expect(stepFor({ from: 0, to: DAY_MS }, null)).toBe('PT5M');
  expect(stepFor({ from: 0, to: 7 * DAY_MS }, null)).toBe('PT1H');
  expect(stepFor({ from: 0, to: 90 * DAY_MS }, 'PT1M')).toBe('P1D');
});

test('what a field holds by the city’s clocks comes back as the same minute', () => {
  fc.assert(
    fc.property(moments, fc.constantFrom('Asia/Ho_Chi_Minh', 'Asia/Kolkata'), (at, zone) => {
      const minute = Math.floor(at / 60_000) * 60_000;
      expect(fromLocal(toLocal(minute, zone), zone)).toBe(minute);
    }),
  );
  expect(toLocal(Date.UTC(2026, 10, 24, 1), 'Asia/Ho_Chi_Minh')).toBe('2026-11-24T08:00');
  for (const wrong of ['', '2026-11-24', '2026-13-01T00:00', 'tomorrow']) expect(fromLocal(wrong, 'UTC')).toBeNull();
});
