import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { device } from '../testing/city.fixture.ts';
import { createDues, type Service, serviceOf } from './due.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const NEVER = Number.POSITIVE_INFINITY;
const always: Service = { since: 0, until: NEVER };
const none = { count: 0, devices: 0 };
const range = { from: 0, to: HOUR, now: HOUR };
const hour = { start: 0, end: HOUR };

describe('what is due', () => {
  it.each([
    ['a whole window', 1, 60, range, 60],
    ['the part within the range', 1, 60, { ...range, from: HOUR / 2 }, 30],
    ['the part in the past', 1, 60, { ...range, now: HOUR / 4 }, 15],
    ['nothing of the future', 1, 60, { ...range, now: -1 }, 0],
    ['a share where the interval is longer than the window', 12, 12 * 3_600, range, 1],
    ['nothing from nobody', 0, 60, range, 0],
  ])('is %s', (_, devices, interval, asked, expected) => {
    const dues = createDues(Array(devices).fill(always), interval, asked, 0);
    expect(dues.of(hour, none)).toBe(expected);
  });

  it('is a day’s share of each device in its own interval, beside those of the metric’s', () => {
    const daily = { ...always, interval: 24 * 3_600 };
    const day = { from: 0, to: 24 * HOUR, now: 24 * HOUR };
    const whole = { start: 0, end: 24 * HOUR };
    expect(createDues([daily], 60, day, 0).of(whole, none)).toBe(1);
    expect(createDues([daily, always, daily], 60, day, 0).of(whole, none)).toBe(24 * 60 + 2);
    // Two that report on change as well are due no more for it.
    expect(createDues([daily], 60, day, 0).of(whole, { count: 40, devices: 1 })).toBe(1);
  });

  it('is nothing before a device was registered and nothing after it was retired', () => {
    const services = [
      { since: 30 * MINUTE, until: NEVER },
      { since: 0, until: 15 * MINUTE },
    ];
    const dues = createDues(services, 60, range, 0);
    expect(dues.of(hour, none)).toBe(45);
    const quarters = [0, 15, 30, 45].map((at) => ({ start: at * MINUTE, end: (at + 15) * MINUTE }));
    expect(quarters.map((quarter) => dues.of(quarter, none))).toEqual([15, 0, 15, 15]);
  });

  it('begins with the first observation where history was sent in from before', () => {
    const late = [{ since: 2 * HOUR, until: NEVER }];
    const asked = { from: 0, to: 3 * HOUR, now: 3 * HOUR };
    const dues = createDues(late, 60, asked, 30 * MINUTE);
    const hours = [0, 1, 2].map((at) => ({ start: at * HOUR, end: (at + 1) * HOUR }));
    // All came but for 10 in the second hour.
    const received = [30, 50, 60].map((count) => ({ count, devices: 1 }));
    expect(hours.map((each, i) => dues.of(each, received[i] ?? none))).toEqual([30, 60, 60]);
  });

  it('of a window before their registration is due from the devices that did contribute, not from new ones', () => {
    const services = [{ since: 2 * HOUR, until: NEVER }, { since: 2 * HOUR, until: NEVER }, always];
    const dues = createDues(services, 60, { from: 0, to: 3 * HOUR, now: 3 * HOUR }, 0);
    expect(dues.of(hour, { count: 55, devices: 1 })).toBe(60);
    expect(dues.of(hour, { count: 110, devices: 2 })).toBe(120);
    expect(dues.of({ start: 2 * HOUR, end: 3 * HOUR }, { count: 110, devices: 2 })).toBe(180);
  });

  it('of parts is never more than of the whole, whoever came and went', () => {
    const service = fc
      .tuple(fc.integer({ min: -10, max: 100 }), fc.integer({ min: 0, max: 100 }))
      .map(([since, length]) => ({ since: since * MINUTE, until: (since + length) * MINUTE }));
    fc.assert(
      fc.property(fc.array(service, { maxLength: 20 }), fc.integer({ min: 0, max: 90 }), (services, cut) => {
        const asked = { from: 0, to: 90 * MINUTE, now: 90 * MINUTE };
        const dues = createDues(services, 60, asked, 0);
        const naive = services.reduce(
          (sum, { since, until }) => sum + Math.max(0, Math.min(90, until / MINUTE) - Math.max(0, since / MINUTE)),
          0,
        );
        const parts = [
          { start: 0, end: cut * MINUTE },
          { start: cut * MINUTE, end: 90 * MINUTE },
        ];
        expect(dues.of({ start: 0, end: 90 * MINUTE }, none)).toBe(naive);
        expect(parts.reduce((sum, part) => sum + dues.of(part, none), 0)).toBe(naive);
      }),
    );
  });
});

describe('the service of a device', () => {
  it('begins with its registration and ends, where it is retired, with its last change', () => {
    const times = { created: '2026-11-01T00:00:00Z', updated: '2026-11-02T00:00:00Z' };
    const since = Date.parse(times.created);
    expect(serviceOf(device('a-1', times))).toEqual({ since, until: NEVER });
    expect(serviceOf(device('a-1', { ...times, state: 'retired' }))).toEqual({
      since,
      until: Date.parse(times.updated),
    });
  });
});
