import fc from 'fast-check';
import { expect, it } from 'vitest';
import { figuresOf, merged, NOTHING } from './hour.ts';
import { TwoStage } from './two-stage.ts';

const number = fc.integer({ min: -1_000, max: 1_000 });

it('figures of a series are the same however it is cut into parts', () =>
  fc.assert(
    fc.property(fc.array(number), fc.array(fc.nat({ max: 5 })), (values, sizes) => {
      const times = values.map((_, i) => i * 60_000);
      let [parts, at] = [NOTHING, 0];
      for (const size of [...sizes, values.length]) {
        parts = merged(parts, figuresOf(times.slice(at, at + size), values.slice(at, at + size)));
        at += size;
      }
      expect(parts).toEqual(figuresOf(times, values));
    }),
  ));

it('averages the devices of a group, however often each reports, and interpolates percentiles over all', () => {
  const stages = new TwoStage({ overTime: 'mean', overDevices: 'mean', percentiles: true });
  stages.add(0, 'g', 'often', figuresOf([1, 2, 3], [10, 20, 30]), [10, 20, 30]);
  stages.add(0, 'g', 'seldom', figuresOf([5], [100]), [100]);
  expect(stages.rows()).toEqual([
    {
      ...{ group: 'g', start: 0, value: 60, mean: 60, sum: 120, min: 10, max: 100, count: 4 },
      ...{ p50: 25, p95: expect.closeTo(89.5), devices: 2, oldest: 1, newest: 5 },
    },
  ]);
});
