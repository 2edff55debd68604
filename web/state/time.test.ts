import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { Time } from './time.svelte.ts';
import { readTime, SPEEDS, timeParameters } from './time-address.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** 08:00 in Hanoi. */
const NOW = Date.UTC(2026, 10, 24, 1);
let wall = NOW;
const everything = Number.POSITIVE_INFINITY;
const parameters = () => new URL(window.location.href).searchParams;

function timeAt(search = ''): Time {
  window.history.replaceState(null, '', `/${search}`);
  const time = new Time({ wall: () => wall, timezone: () => 'Asia/Ho_Chi_Minh' });
  time.read();
  return time;
}
beforeEach(() => {
  wall = NOW;
});

test('at first the present is shown, and nothing of it is in the address', () => {
  const time = timeAt();
  expect([time.mode, time.moment]).toEqual(['live', null]);
  expect(time.range).toEqual({ from: NOW - 24 * HOUR_MS, to: NOW });
  expect(window.location.search).toBe('');
});

test('held still, the moment stays while the clock goes on; live again, the address is as it was', () => {
  const time = timeAt('?lang=en');
  time.pause();
  wall += 12_000;
  expect([time.mode, time.moment]).toEqual(['paused', NOW]);
  expect(parameters().get('at')).toBe('2026-11-24T01:00:00Z');
  time.live();
  expect(time.moment).toBeNull();
  expect(window.location.search).toBe('?lang=en');
});

test('it plays as fast as it is told, bucket by bucket, and stands at the end', () => {
  const time = timeAt();
  time.openLast(HOUR_MS);
  time.chooseSpeed(60);
  time.play(true);
  expect(time.moment).toBe(NOW - HOUR_MS);
  time.advance(1_500, everything);
  expect(time.exact).toBe(NOW - HOUR_MS + 1.5 * MINUTE_MS);
  expect(time.moment).toBe(NOW - HOUR_MS + MINUTE_MS);
  time.advance(10 * HOUR_MS, everything);
  expect([time.moment, time.playing]).toEqual([NOW, false]);
});

test('it waits for what has not come', () => {
  const time = timeAt();
  time.openLast(HOUR_MS);
  time.play(true);
  time.advance(5_000, NOW - HOUR_MS + 2 * MINUTE_MS);
  expect(time.moment).toBe(NOW - HOUR_MS + 2 * MINUTE_MS);
  expect(time.playing).toBe(true);
});

test('repeated, it begins anew at the end', () => {
  const time = timeAt();
  time.openLast(HOUR_MS);
  time.repeat(true);
  time.play(true);
  time.advance(10 * HOUR_MS, everything);
  expect([time.moment, time.playing]).toEqual([NOW - HOUR_MS, true]);
});

test('steps go from edge to edge and not beyond the ends', () => {
  const time = timeAt();
  time.openLast(HOUR_MS);
  time.stepBy(-1);
  expect(time.moment).toBe(NOW - MINUTE_MS);
  time.stepBy(5);
  expect(time.moment).toBe(NOW);
  time.stepBy(-1_000);
  expect(time.moment).toBe(NOW - HOUR_MS);
  time.chooseStep('PT15M');
  time.stepBy(1);
  expect(time.moment).toBe(NOW - 45 * MINUTE_MS);
});

test('whatever is done, the moment lies in the range, and another page that opens the address shows the same', () => {
  const act = fc.oneof(
    fc.record({ do: fc.constant('seek' as const), by: fc.integer({ min: -30, max: 30 }) }),
    fc.record({ do: fc.constant('step' as const), by: fc.integer({ min: -400, max: 400 }) }),
    fc.record({ do: fc.constant('last' as const), by: fc.integer({ min: 1, max: 200 }) }),
    fc.record({ do: fc.constant('play' as const), by: fc.integer({ min: 0, max: 60_000 }) }),
    fc.record({ do: fc.constant('speed' as const), by: fc.nat(SPEEDS.length - 1) }),
  );
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 8 }), (acts) => {
      const time = timeAt();
      for (const { do: what, by } of acts) {
        if (what === 'seek') time.seek(NOW + by * HOUR_MS);
        else if (what === 'step') time.stepBy(by);
        else if (what === 'last') time.openLast(by * HOUR_MS);
        else if (what === 'speed') time.chooseSpeed(SPEEDS[by] ?? 1);
        else {
          time.play(true);
          time.advance(by, everything);
          time.play(false);
        }
        if (time.moment === null) continue;
        expect(time.moment).toBeGreaterThanOrEqual(time.range.from);
        expect(time.moment).toBeLessThanOrEqual(time.range.to);
      }
      const other = timeAt(window.location.search);
      expect(other.moment).toBe(time.moment);
      expect(other.speed).toBe(time.speed);
      if (time.moment !== null) expect([other.range, other.step]).toEqual([time.range, time.step]);
    }),
    { numRuns: 60 },
  );
});

test('a moment alone is shown in the midst of a day, and nonsense counts as not given', () => {
  const time = timeAt('?at=2026-11-20T08:00:00%2B07:00');
  expect([time.mode, time.moment]).toEqual(['playback', Date.UTC(2026, 10, 20, 1)]);
  expect(time.range).toEqual({ from: Date.UTC(2026, 10, 19, 13), to: Date.UTC(2026, 10, 20, 13) });
  for (const wrong of ['?at=yesterday', '?at=2026-11-20', '?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z'])
    expect(timeAt(wrong).mode).toBe('live');
  expect(timeAt('?at=2026-11-24T01:00:00Z&speed=7&step=PT7M&loop=yes').speed).toBe(900);
});

test('any text is read without an error, and what was written is read again', () => {
  fc.assert(fc.property(fc.string(), (text) => void readTime(text)));
  const moment = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });
  fc.assert(
    fc.property(moment, moment, fc.constantFrom(...SPEEDS), fc.boolean(), (at, other, speed, loop) => {
      const given = { at, range: { from: at, to: at + 1 }, step: 'PT5M' as const, speed, loop, other };
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(timeParameters(given))) if (value != null) query.set(name, value);
      expect(readTime(`?${query}`)).toEqual(given);
    }),
  );
});
