import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AggregateRow } from '../../storage/telemetry/port.ts';
import { fold, join } from './figures.ts';

type Over = 'sum' | 'mean' | 'max';

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const OVER = { sum, mean, max: (values: readonly number[]) => Math.max(...values) };

/** The row of devices that reported these values, each averaged over time, computed from the start. */
function rowOf(devices: readonly (readonly number[])[], over: Over): AggregateRow {
  const all = devices.flat();
  const figures = devices.map(mean);
  return {
    ...{ group: 'g', start: 0, value: OVER[over](figures), mean: mean(figures), sum: sum(figures) },
    ...{ min: Math.min(...all), max: Math.max(...all), count: all.length, devices: devices.length },
    ...{ oldest: Math.min(...all), newest: Math.max(...all) },
  };
}

const devices = fc.array(fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1 }), {
  minLength: 1,
  maxLength: 9,
});

function expectClose(a: AggregateRow, b: AggregateRow): void {
  for (const [name, value] of Object.entries(b))
    if (typeof value === 'number') expect(a, name).toHaveProperty(name, expect.closeTo(value, 6));
}

describe('rows of one group', () => {
  it('of different devices join to the row of all of them, in any order', () => {
    fc.assert(
      fc.property(devices, devices, fc.constantFrom<Over>('sum', 'mean', 'max'), (a, b, over) => {
        const whole = rowOf([...a, ...b], over);
        expectClose(join(rowOf(a, over), rowOf(b, over), over), whole);
        expectClose(join(rowOf(b, over), rowOf(a, over), over), whole);
      }),
    );
  });

  it('of one device in two cells fold to the device’s own', () => {
    const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1 });
    fc.assert(
      fc.property(values, values, (here, there) => {
        const { sum: _, ...whole } = rowOf([[...here, ...there]], 'mean');
        expect(fold(rowOf([here], 'mean'), rowOf([there], 'mean'), 'mean')).toMatchObject({
          ...whole,
          value: expect.closeTo(whole.value, 6),
          mean: expect.closeTo(whole.mean, 6),
        });
      }),
    );
  });
});
