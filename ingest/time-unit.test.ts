import { expect, it } from 'vitest';
import { otherUnit } from './time-unit.ts';

const received = Date.UTC(2026, 10, 24, 3, 0, 0);
const DAY = 86_400_000;

it.each([
  ['json', received / 1_000, 'seconds; milliseconds'],
  ['json', received * 1_000, 'microseconds; milliseconds'],
  ['senml', received * 1_000, 'milliseconds; seconds'],
  ['senml-cbor', received * 1_000, 'milliseconds; seconds'],
  ['line', received / 1_000, 'microseconds; nanoseconds'],
  ['line', received / 1e6, 'milliseconds; nanoseconds'],
  ['line', Math.trunc(received / 1e9), 'seconds; nanoseconds'],
] as const)('a time in %s that reads as %d ms was given in another unit: %s', (format, time, units) => {
  expect(otherUnit(time, { received, format }, 90 * DAY)).toBe(`the time looks like ${units} are expected`);
});

it('a time that is simply old, or an uplink’s, is no matter of units', () => {
  expect(otherUnit(received - 400 * DAY, { received, format: 'json' }, 90 * DAY)).toBeUndefined();
  expect(otherUnit(received / 1_000, { received, format: 'tts' }, 90 * DAY)).toBeUndefined();
});
