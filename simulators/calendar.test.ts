import { describe, expect, it } from 'vitest';
import { dateOf, lastDay } from './calendar.ts';

const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

describe('the calendar of the city', () => {
  it('is quietest on the first days of Tết, and as usual two weeks later', () => {
    for (const first of ['2025-01-29', '2026-02-17', '2027-02-06', '2030-02-02']) {
      expect(dateOf(day(first))).toMatchObject({ tet: 1, dayOff: true, schoolDay: false });
      expect(dateOf(day(first) - 1).dayOff).toBe(true);
      expect(dateOf(day(first) + 14)).toMatchObject({ tet: 0 });
    }
  });

  it('finds a Tết in every year, tabled or not', () => {
    for (let year = 1990; year < 2100; year += 1) {
      const days = Array.from({ length: 90 }, (_, i) => day(`${year}-01-01`) + i);
      expect(days.filter((d) => dateOf(d).tet === 1).length, `${year}`).toBe(3);
    }
  });

  it('knows public holidays, those of the moon among them', () => {
    for (const date of ['2026-01-01', '2026-04-26', '2026-04-30', '2026-05-01', '2026-09-02'])
      expect(dateOf(day(date)).dayOff, date).toBe(true);
    expect(dateOf(day('2026-11-24')).dayOff).toBe(false);
    expect(dateOf(day('2026-11-28')).dayOff).toBe(true);
  });

  it('lets schools rest from June to August, on holidays and around Tết', () => {
    for (const date of ['2026-06-01', '2026-07-15', '2026-08-31', '2026-02-13', '2026-04-30'])
      expect(dateOf(day(date)).term, date).toBe(false);
    expect(dateOf(day('2026-09-07')).schoolDay).toBe(true);
    expect(dateOf(day('2026-11-28'))).toMatchObject({ term: true, schoolDay: false });
  });

  it('tells the month and how far the year has gone', () => {
    expect(dateOf(day('2026-07-01')).month).toBe(7);
    expect(dateOf(day('2026-01-01')).yearShare).toBeLessThan(0.01);
    expect(dateOf(day('2028-12-31')).yearShare).toBeGreaterThan(0.99);
  });

  it('finds the last day on which something holds', () => {
    expect(lastDay(day('2026-08-20'), (d) => dateOf(d).schoolDay)).toBe(day('2026-05-29'));
    expect(lastDay(day('2026-11-24'), (d) => dateOf(d).schoolDay)).toBe(day('2026-11-24'));
  });
});
