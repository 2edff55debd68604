import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { onWholeHours, runsOf } from './windows.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2027, 0, 1) };

/** What the SQL reckons. */
function startOf(runs: ReturnType<typeof runsOf>, time: number): number | undefined {
  const run = runs.find(({ end }) => time < end);
  return run && run.start + Math.floor((time - run.start) / run.width) * run.width;
}

describe('windows', () => {
  it('are one run of days for a year of a city without daylight saving time', () => {
    const runs = runsOf({ ...YEAR, window: '1d', timezone: 'Asia/Ho_Chi_Minh' });
    expect(runs).toEqual([{ start: Date.UTC(2025, 11, 31, 17), end: Date.UTC(2027, 0, 1, 17), width: DAY }]);
    expect(onWholeHours(runs)).toBe(true);
  });

  it('have a run of their own for the days of 23 and 25 hours', () => {
    const runs = runsOf({ ...YEAR, window: '1d', timezone: 'Europe/Berlin' });
    expect(runs.map((run) => run.width / HOUR)).toEqual([24, 23, 24, 25, 24]);
    expect(runsOf({ ...YEAR, window: '1h', timezone: 'Europe/Berlin' })).toHaveLength(1);
  });

  it('of hours begin on the city’s hours where these are not UTC’s', () => {
    const runs = runsOf({ ...YEAR, window: '1h', timezone: 'Asia/Kathmandu' });
    expect(runs).toHaveLength(1);
    expect((runs[0]?.start ?? 0) % HOUR).toBe(HOUR / 4);
    expect(onWholeHours(runs)).toBe(false);
  });

  it('of weeks begin on Monday, one of 167 and one of 169 hours in a year of Melbourne', () => {
    const runs = runsOf({ ...YEAR, window: '1w', timezone: 'Australia/Melbourne' });
    expect(runs[0]?.start).toBe(Date.parse('2025-12-29T00:00:00+11:00'));
    expect(runs.map((run) => run.width / HOUR)).toEqual([168, 169, 168, 167, 168]);
    expect(runsOf({ ...YEAR, window: '1w', timezone: 'Asia/Ho_Chi_Minh' })).toHaveLength(1);
  });

  it('start where the calendar says, at any time in any zone', () => {
    const zone = fc.constantFrom('Asia/Ho_Chi_Minh', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'UTC');
    const window = fc.constantFrom(...(['1h', '1d', '1w'] as const));
    const unit = { '1h': 'hour', '1d': 'day', '1w': 'week' } as const;
    fc.assert(
      fc.property(
        zone,
        window,
        fc.integer({ min: YEAR.from, max: YEAR.to - 1 }),
        fc.nat(90 * DAY),
        (timezone, w, at, before) => {
          const runs = runsOf({ window: w, timezone, from: at - before, to: at + 1 });
          const expected = DateTime.fromMillis(at, { zone: timezone }).startOf(unit[w]);
          expect(startOf(runs, at)).toBe(expected.toMillis());
        },
      ),
    );
  });

  it('refuse a time zone that does not exist', () => {
    expect(() => runsOf({ ...YEAR, window: '1d', timezone: 'Asia/Hanoi-West' })).toThrow(RangeError);
  });
});
