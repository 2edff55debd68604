import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { STEP_MS, type STEPS } from '../../model/playback.ts';
import { bucketFinder, bucketRuns, bucketStarts, onWholeHours } from './buckets.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2027, 0, 1) };
const ZONES = ['Asia/Ho_Chi_Minh', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'UTC'] as const;
const UNIT = { PT1M: 'minute', PT1H: 'hour', P1D: 'day' } as const;

describe('buckets', () => {
  it('start where the calendar says, one after the other, in any zone at any time', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.constantFrom(...(['PT1M', 'PT1H', 'P1D'] as const)),
        fc.integer({ min: YEAR.from, max: YEAR.to }),
        fc.double({ min: 0.01, max: 40, noNaN: true }),
        (timezone, step, from, length) => {
          const to = from + Math.ceil(length * STEP_MS[step]);
          const starts = [...bucketStarts(step, timezone, from, to)];
          const startOf = (time: number) =>
            DateTime.fromMillis(time, { zone: timezone }).startOf(UNIT[step]).toMillis();
          expect(starts[0]).toBe(startOf(from));
          for (const [i, start] of starts.entries()) {
            expect(startOf(start)).toBe(start);
            // The bucket's last moment is of it, and of the range or behind it.
            const last = (starts[i + 1] ?? to) - 1;
            expect(startOf(last)).toBe(start);
            expect((starts[i + 1] ?? to) - start).toBeLessThanOrEqual(STEP_MS[step] * (25 / 23));
          }
        },
      ),
    );
  });

  it('of minutes are cut from the hour', () => {
    const from = Date.parse('2026-11-24T05:07:30Z');
    const starts = [...bucketStarts('PT15M', 'Asia/Ho_Chi_Minh', from, from + HOUR)];
    expect(starts.map((start) => new Date(start).toISOString().slice(11, 16))).toEqual([
      ...['05:00', '05:15', '05:30', '05:45', '06:00'],
    ]);
  });

  it('of a year are one run of days in Hanoi, and five in Berlin', () => {
    const runs = (timezone: string) => bucketRuns([...bucketStarts('P1D', timezone, YEAR.from, YEAR.to)], YEAR.to);
    expect(runs('Asia/Ho_Chi_Minh')).toEqual([
      { first: 0, start: Date.UTC(2025, 11, 31, 17), end: YEAR.to, width: DAY },
    ]);
    expect(runs('Europe/Berlin').map(({ width }) => width / HOUR)).toEqual([24, 23, 24, 25, 24]);
  });

  it('are found by every moment in them, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 30 }), (widths) => {
        const starts = widths.map((_, i) => widths.slice(0, i).reduce((a, b) => a + b, 0));
        const to = widths.reduce((a, b) => a + b);
        const placeOf = bucketFinder(starts, to);
        const all = Array.from({ length: to }, (_, time) => placeOf(time));
        expect(all).toEqual(widths.flatMap((width, i) => Array.from({ length: width }, () => i)));
        const runs = bucketRuns(starts, to);
        expect(runs.length).toBeLessThanOrEqual(starts.length);
        expect(runs.at(-1)?.end).toBe(to);
      }),
    );
  });

  it('are made of hour rows only where they begin on UTC hours', () => {
    const starts = (step: (typeof STEPS)[number], timezone: string) => [
      ...bucketStarts(step, timezone, YEAR.from, YEAR.from + 2 * DAY),
    ];
    expect(onWholeHours(starts('P1D', 'Asia/Ho_Chi_Minh'))).toBe(true);
    expect(onWholeHours(starts('PT1H', 'Asia/Kathmandu'))).toBe(false);
    expect(onWholeHours(starts('PT15M', 'UTC'))).toBe(false);
  });

  it('refuse a time zone that does not exist', () => {
    expect(() => [...bucketStarts('P1D', 'Asia/Hanoi-West', YEAR.from, YEAR.to)]).toThrow(RangeError);
  });
});
