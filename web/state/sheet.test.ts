import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearestStop, nextStop, stopHeight } from './sheet.ts';

const ROOM = 560;
const [peek, half, full] = [stopHeight('peek', ROOM), stopHeight('half', ROOM), stopHeight('full', ROOM)];

describe('the sheet of a phone', () => {
  test('has three stops, one above the other, and leaves a hand’s breadth of the map', () => {
    expect(peek).toBeLessThan(half);
    expect(half).toBeLessThan(full);
    expect(full).toBeLessThan(ROOM);
  });

  test('goes one stop at a time by keyboard and stays at the last', () => {
    expect(nextStop('peek', 1)).toBe('half');
    expect(nextStop('half', 1)).toBe('full');
    expect(nextStop('full', 1)).toBe('full');
    expect(nextStop('peek', -1)).toBe('peek');
  });

  test('rests at the nearest stop, but never against a pull that was meant', () => {
    expect(nearestStop(half + 10, 10, ROOM)).toBe('half');
    expect(nearestStop(half + 60, 60, ROOM)).toBe('full');
    expect(nearestStop(half - 60, -60, ROOM)).toBe('peek');
    fc.assert(
      fc.property(fc.integer({ min: peek, max: full }), fc.integer({ min: -500, max: 500 }), (height, by) => {
        const rest = stopHeight(nearestStop(height, by, ROOM), ROOM);
        if (by >= 40) expect(rest).toBeGreaterThanOrEqual(height);
        if (by <= -40) expect(rest).toBeLessThanOrEqual(height);
      }),
    );
  });
});
