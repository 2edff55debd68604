import { describe, expect, test } from 'vitest';
import { createFormat } from './format.ts';

const HANOI = 'Asia/Ho_Chi_Minh';
const [vi, en] = [createFormat('vi', HANOI, HANOI), createFormat('en', HANOI, HANOI)];

describe('ages', () => {
  test.each([
    [0, '0 giây trước', '0 sec ago'],
    [-5, '0 giây trước', '0 sec ago'],
    [89, '89 giây trước', '89 sec ago'],
    [90, '1 phút trước', '1 min ago'],
    [3_600, '60 phút trước', '60 min ago'],
    [5_400, '1 giờ trước', '1 hr ago'],
    [35 * 3_600, '35 giờ trước', '35 hr ago'],
    [3 * 86_400, '3 ngày trước', '3 days ago'],
  ])('%i s', (seconds, inVietnamese, inEnglish) => {
    expect(vi.age(seconds)).toBe(inVietnamese);
    expect(en.age(seconds)).toBe(inEnglish);
  });
});

describe('numbers', () => {
  test('decimals and thousands as each language writes them', () => {
    expect(vi.number(35.94)).toBe('35,9');
    expect(en.number(35.94)).toBe('35.9');
    expect(vi.number(12_345.6)).toBe('12.346');
    expect(en.number(12_345.6)).toBe('12,346');
  });

  test('a percent sign stands close, a unit apart', () => {
    expect(vi.quantity(72.5, '%')).toBe('72,5%');
    expect(vi.quantity(31, 'km/h')).toBe('31 km/h');
    expect(vi.quantity(4, '{spaces}')).toBe('4 chỗ');
  });

  test('a share is 100 % only when nothing is missing', () => {
    expect(en.share(0.9999)).toBe('99%');
    expect(en.share(1)).toBe('100%');
  });
});

test('times are the city’s, with the day where it is another one there', () => {
  const noon = Date.UTC(2026, 10, 24, 5);
  expect(en.moment(Date.UTC(2026, 10, 24, 1, 30), noon)).toBe('08:30');
  expect(en.moment(Date.UTC(2026, 10, 23, 16, 30), noon)).toBe('23:30, 23/11');
  expect(en.moment(Date.UTC(2026, 10, 23, 17, 30), noon)).toBe('00:30');
});

test('writes hours in the zone that the city tells, and names it to who reads them elsewhere', () => {
  const noon = Date.UTC(2026, 10, 24, 12);
  expect(en.moment(noon, noon)).toBe('19:00');
  expect(createFormat('en', HANOI, 'Asia/Bangkok').moment(noon, noon)).toBe('19:00');
  expect(createFormat('en', HANOI, 'America/New_York').moment(noon, noon)).toBe('19:00 (GMT+7)');
  expect(createFormat('vi', 'Europe/Paris', HANOI).moment(noon, noon)).toMatch(/^13:00 \(GMT\+[12]\)$/);
});

test('marks of an axis are told apart', () => {
  expect([3.21, 3.22].map((value) => vi.tick(value, 0.01))).toEqual(['3,21', '3,22']);
  expect([0, 2.5, 5].map((value) => en.tick(value, 2.5))).toEqual(['0.0', '2.5', '5.0']);
  expect([400, 1_000].map((value) => en.tick(value, 200))).toEqual(['400', '1,000']);
});
