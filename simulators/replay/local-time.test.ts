import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { createTimeReader } from './local-time.ts';

const FORMAT = 'dd-MMM-yyyy H';
const MELBOURNE = 'Australia/Melbourne';
const read = createTimeReader(FORMAT, MELBOURNE);

describe('local times', () => {
  it('are one instant on an ordinary day, in summer and in winter', () => {
    expect(read('01-Mar-2014 0')).toEqual([Date.UTC(2014, 1, 28, 13)]);
    expect(read('10-Apr-2014 15')).toEqual([Date.UTC(2014, 3, 10, 5)]);
  });

  it('are two instants where the clocks went back', () => {
    expect(read('06-Apr-2014 1')).toEqual([Date.UTC(2014, 3, 5, 14)]);
    expect(read('06-Apr-2014 2')).toEqual([Date.UTC(2014, 3, 5, 15), Date.UTC(2014, 3, 5, 16)]);
    expect(read('06-Apr-2014 3')).toEqual([Date.UTC(2014, 3, 5, 17)]);
  });

  it('are none where the clocks went forward', () => {
    expect(read('05-Oct-2014 1')).toEqual([Date.UTC(2014, 9, 4, 15)]);
    expect(read('05-Oct-2014 2')).toEqual([]);
    expect(read('05-Oct-2014 3')).toEqual([Date.UTC(2014, 9, 4, 16)]);
  });

  it('are the instants at which that wall clock shows that text, whatever the zone', () => {
    const zones = [MELBOURNE, 'Asia/Ho_Chi_Minh', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe'];
    const anyMinute = fc.integer({ min: Date.UTC(1995, 0) / 60_000, max: Date.UTC(2035, 0) / 60_000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), anyMinute, (zone, minute) => {
        const text = DateTime.fromMillis(minute * 60_000, { zone }).toFormat('yyyy-MM-dd HH:mm');
        const instants = createTimeReader('yyyy-MM-dd HH:mm', zone)(text) ?? [];
        expect(instants).toContain(minute * 60_000);
        expect(new Set(instants).size).toBe(instants.length);
        for (const ms of instants) expect(DateTime.fromMillis(ms, { zone }).toFormat('yyyy-MM-dd HH:mm')).toBe(text);
      }),
    );
  });
});

describe('formats', () => {
  it.each([
    ['iso', '2026-11-24T08:00:00+07:00', Date.UTC(2026, 10, 24, 1)],
    ['iso', '2026-11-24T08:00:00Z', Date.UTC(2026, 10, 24, 8)],
    ['iso', '2026-11-24 08:00:00', Date.UTC(2026, 10, 24, 1)],
    ['iso', '2026-11-24', Date.UTC(2026, 10, 23, 17)],
    ['ms', '1795485600123', 1_795_485_600_123],
    ['s', '1795485600.5', 1_795_485_600_500],
    ['MM/dd/yyyy hh:mm:ss a', '12/31/2018 11:00:00 PM', Date.UTC(2018, 11, 31, 16)],
    ["yyyy-MM-dd'T'HH:mmZZ", '2026-11-24T08:00+02:00', Date.UTC(2026, 10, 24, 6)],
  ])('%s reads %s', (format, text, expected) => {
    expect(createTimeReader(format, 'Asia/Ho_Chi_Minh')(text)).toEqual([expected]);
  });

  it('answer undefined for whatever is no time of the format, and never throw', () => {
    for (const format of ['iso', 'ms', 's', FORMAT]) {
      const reader = createTimeReader(format, MELBOURNE);
      for (const text of ['', ' ', 'yesterday', '31-Feb-2014 1', '2014-02-30', 'Infinity', '1e5', '9'.repeat(30)])
        expect(reader(text), `${format} ${text}`).toBeUndefined();
      fc.assert(
        fc.property(fc.string(), (text) => {
          reader(text);
        }),
      );
    }
  });
});
