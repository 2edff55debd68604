import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coarsest, type ResolutionQuestion, resolutionFor, WINDOWS } from './resolution.ts';

const HOUR = 3_600_000;
const now = Date.UTC(2026, 10, 24);
const question = (hours: number, interval: number, more: Partial<ResolutionQuestion> = {}): ResolutionQuestion => ({
  ...{ from: now - hours * HOUR, to: now, now, interval, pixels: 280, raw: true },
  ...more,
});

test.each([
  ['a few reports are shown one by one', question(1, 30), 'raw'],
  ['more reports than pixels are windows', question(24, 30), '5m'],
  ['a week is told by quarters of an hour', question(7 * 24, 30), '15m'],
  ['a month still shows the course of its days', question(30 * 24, 30), '1h'],
  ['a window is not shorter than a report', question(30 * 24, 3_600), '1h'],
  ['an hourly report is shown itself', question(7 * 24, 3_600), 'raw'],
  ['a ward has no reports of its own', question(1, 30, { raw: false }), '5m'],
  ['an index is told by the hour', question(1, 30, { raw: false, least: '1h' }), '1h'],
  ['what is older than raw data are kept is told by the hour', question(2, 30, { now: now + 91 * 24 * HOUR }), '1h'],
] as const)('%s', (_, asked, resolution) => {
  expect(resolutionFor(asked)).toBe(resolution);
});

test('never more observations than pixels, and never a coarser window than needed', () => {
  const asked = fc.record({
    hours: fc.double({ min: 0.1, max: 24 * 366, noNaN: true }),
    interval: fc.integer({ min: 1, max: 86_400 }),
    pixels: fc.integer({ min: 40, max: 3_000 }),
    raw: fc.boolean(),
  });
  fc.assert(
    fc.property(asked, ({ hours, interval, ...more }) => {
      const seconds = hours * 3_600;
      const made = resolutionFor(question(hours, interval, more));
      if (made === 'raw') {
        expect(seconds / interval).toBeLessThanOrEqual(more.pixels);
        return;
      }
      if (made !== '1d') expect(seconds / WINDOWS[made]).toBeLessThanOrEqual(3 * more.pixels);
      const finer = Object.values(WINDOWS).filter((each) => each < WINDOWS[made] && each >= interval);
      for (const each of finer) expect(seconds / each).toBeGreaterThan(3 * more.pixels);
    }),
  );
});

test('what is compared stands on the coarsest grid of all', () => {
  expect(coarsest(['raw', '1h', '5m'])).toBe('1h');
  expect(coarsest(['raw', 'raw'])).toBe('raw');
  expect(coarsest([])).toBe('raw');
});
