import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { cityTime } from './city-time.ts';

it('agrees with the calendar at any time, whatever was asked before', () => {
  const times = fc.array(fc.integer({ min: Date.UTC(1960, 0), max: Date.UTC(2100, 0) }), { minLength: 1 });
  fc.assert(
    fc.property(times, (asked) => {
      for (const ms of asked) {
        const luxon = DateTime.fromMillis(ms, { zone: 'Asia/Ho_Chi_Minh' });
        const { hour, weekday, weekend } = cityTime(ms);
        expect(hour).toBeCloseTo(luxon.hour + luxon.minute / 60 + luxon.second / 3_600, 9);
        expect(weekday).toBe(luxon.weekday);
        expect(weekend).toBe(luxon.weekday > 5);
      }
    }),
  );
});
