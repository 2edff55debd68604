import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

describe('a pace', () => {
  it('lets one second’s worth come at once, then says how long to wait', () => {
    const pace = new Pace(100);
    expect(pace.left(5_000)).toBe(100);
    expect(pace.take(100, 5_000)).toBe(0);
    expect(pace.left(5_000)).toBe(0);
    expect(pace.take(10, 5_000)).toBe(100);
    expect(pace.wait(5_060)).toBe(40);
    expect(pace.wait(5_100)).toBe(0);
  });

  it('never slows down who keeps to the rate', () => {
    const pace = new Pace(100);
    for (let now = 0; now < 10_000; now += 10) expect(pace.take(1, now)).toBe(0);
  });

  it('remembers no debt for longer than ten seconds', () => {
    const pace = new Pace(10, 10);
    expect(pace.take(1_000_000, 0)).toBe(10_000);
  });

  it('lets no more through than burst and rate allow, whoever waits as told', () => {
    fc.assert(
      fc.property(
        // At a rate of two the largest step is a debt of ten seconds.
        fc.integer({ min: 2, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 300 })), { maxLength: 200 }),
        (rate, burst, steps) => {
          const pace = new Pace(rate, burst);
          let now = 1_000;
          let taken = 0;
          let last = 0;
          for (const [units, idle] of steps) {
            now += idle;
            const wait = pace.take(units, now);
            taken += units;
            last = units;
            now += wait;
          }
          // What was taken last may overstep what was left; it is paid for before the next.
          expect(taken - last).toBeLessThanOrEqual(burst + (rate * (now - 1_000)) / 1_000 + 1e-6);
        },
      ),
    );
  });
});
