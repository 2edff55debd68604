import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Position } from '../../model/geometry.ts';
import { bearing, metres, moved, positionAt, speedAt, standing } from './motion.ts';

const HERE: Position = [105.85, 21.03];
const EAST: Position = [105.852, 21.03];
const T = 1_800_000_000_000;
const first = standing(HERE, T, T + 500);
const report = { reported: T + 30_000, now: T + 30_500, still: false };

describe('between two reports', () => {
  const track = moved(first, EAST, report);

  test('it moves from one to the other in the time that lay between them, and waits there', () => {
    expect(positionAt(track, T + 30_500)).toEqual(HERE);
    const [lon, lat] = positionAt(track, T + 45_500);
    expect(lon).toBeCloseTo(105.851, 9);
    expect(lat).toBe(21.03);
    expect(positionAt(track, T + 60_500)).toEqual(EAST);
    expect(positionAt(track, T + 600_000)).toEqual(EAST);
  });

  test('it heads for where it said it is', () => {
    expect(track.heading).toBeCloseTo(90, 6);
    expect(speedAt(track, T + 40_000)).toBeCloseTo(metres(HERE, EAST) / 30, 6);
    expect(speedAt(track, T + 60_500)).toBe(0);
  });

  test('a report that comes early takes it on from where it is shown', () => {
    const next = moved(track, HERE, { reported: T + 45_000, now: T + 45_500, still: false });
    expect(positionAt(next, T + 45_500)).toEqual(positionAt(track, T + 45_500));
    expect(positionAt(next, T + 60_500)).toEqual(HERE);
    expect(next.heading).toBeCloseTo(270, 6);
  });

  test('it keeps its heading while it stands', () => {
    const still = moved(track, EAST, { reported: T + 60_000, now: T + 60_500, still: false });
    expect(still.heading).toBeCloseTo(90, 6);
  });
});

describe('it jumps', () => {
  test.each([
    ['where less motion is asked for', EAST, { ...report, still: true }],
    ['after a long silence', EAST, { ...report, reported: T + 91_000 }],
    ['where the report is no newer', EAST, { ...report, reported: T }],
    ['where no vehicle is so fast', [105.95, 21.03] satisfies Position, report],
  ])('%s', (_, to, how) => {
    const track = moved(first, to, how);
    expect(positionAt(track, how.now)).toEqual(to);
    expect(speedAt(track, how.now)).toBe(0);
    expect(track.heading).toBeCloseTo(90, 6);
  });
});

/** Metres are measured as on a plane, whose scale changes a little between two latitudes. */
const FLATTENED = 0.1;

test('it never leaves the line between the two', () => {
  const coordinate = fc.tuple(
    fc.double({ min: 105.8, max: 105.81, noNaN: true }),
    fc.double({ min: 21, max: 21.01, noNaN: true }),
  );
  fc.assert(
    fc.property(coordinate, coordinate, fc.integer({ min: -60_000, max: 120_000 }), (a, b, after) => {
      const track = moved(standing(a, T, T), b, report);
      const at = positionAt(track, report.now + after);
      expect(metres(a, at) + metres(at, b)).toBeLessThan(metres(a, b) + FLATTENED);
    }),
  );
});

test.each([
  [[105.85, 21.04], 0],
  [[105.86, 21.03], 90],
  [[105.85, 21.02], 180],
  [[105.84, 21.03], 270],
] as const)('the bearing of %j', (to, degrees) => {
  expect(bearing(HERE, [...to])).toBeCloseTo(degrees, 6);
});
