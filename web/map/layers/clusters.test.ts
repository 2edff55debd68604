import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LEVELS } from '../../../model/level.ts';
import { deviceOf } from '../../state/device.ts';
import { markOf } from '../../state/mark.ts';
import { at, cityWith, counter, NOW } from '../../testing/city.ts';
import { clusterOf, clusterProperties, tallied } from './clusters.ts';
import { warmthOf } from './heat.ts';

const { catalogue } = cityWith();
const speed = (value: number, secondsAgo = 10) => ({
  mean_speed: { value, time: at(secondsAgo), age: secondsAgo, quality: 'valid', level: null } as const,
});
const mark = (value: number, secondsAgo = 10, more: Parameters<typeof counter>[0] = {}) =>
  markOf(deviceOf('traffic', counter({ latest: speed(value, secondsAgo), ...more })), catalogue, NOW);

/** Adds devices up as MapLibre does by `clusterProperties`: a sum, or the greatest. */
function gathered(marks: readonly ReturnType<typeof mark>[]) {
  const each: Record<string, number>[] = marks.map((one) => tallied(one));
  const properties = Object.keys(clusterProperties).map((name) => {
    const operator = name === 'rank' ? 'max' : '+';
    const values = each.map((tally) => tally[name] ?? 0);
    return [name, operator === 'max' ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0)] as const;
  });
  return clusterOf({ cluster: true, cluster_id: 7, point_count: marks.length, ...Object.fromEntries(properties) });
}

test('a cluster tells its count, its worst level, the mean, and who is silent or simulated', () => {
  const marks = [mark(8), mark(40), mark(42), mark(5, 9_000), mark(60, 10, { simulated: true })];
  expect(gathered(marks)).toMatchObject({
    ...{ id: 7, devices: 5, worst: 'severe', silent: 1, simulated: 1, quarantined: 0, mean: 37.5, sum: 150 },
    levels: new Map([
      ['good', 3],
      ['fair', 0],
      ['poor', 0],
      ['severe', 1],
    ]),
  });
});

test('what fell silent makes no level worse and no mean', () => {
  expect(gathered([mark(5, 9_000), mark(6, 9_000)])).toMatchObject({ worst: 'none', silent: 2, mean: null });
});

test('what is no cluster is none', () => expect(clusterOf({ id: 'counter-1' })).toBeUndefined());

test('of any devices the levels and the silent add up to all, and the worst is one that is there', () => {
  const devices = fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), fc.constantFrom(10, 9_000)), { minLength: 1 });
  fc.assert(
    fc.property(devices, (all) => {
      const cluster = gathered(all.map(([value, age]) => mark(value, age)));
      const rated = [...(cluster?.levels.values() ?? [])].reduce((sum, count) => sum + count, 0);
      expect(rated + (cluster?.silent ?? 0)).toBe(all.length);
      const there = LEVELS.filter((level) => (cluster?.levels.get(level) ?? 0) > 0);
      expect(cluster?.worst).toBe(there.at(-1) ?? 'none');
    }),
  );
});

test('warmth grows with the level, silent devices warm nothing, and by density each counts the same', () => {
  const warmth = [40, 25, 15, 5].map((value) => warmthOf(mark(value), 'figure'));
  expect(warmth).toEqual([...warmth].sort((a, b) => a - b));
  expect(new Set(warmth).size).toBe(4);
  expect(warmthOf(mark(5, 9_000), 'figure')).toBe(0);
  expect(warmthOf(mark(5, 9_000), 'density')).toBe(warmthOf(mark(40), 'density'));
});
