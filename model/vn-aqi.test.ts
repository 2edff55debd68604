import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environment } from './domains/environment.ts';
import {
  BREAKPOINTS,
  dayIndex,
  hourIndex,
  nowCast,
  POLLUTANTS,
  runningMaximum,
  type Scale,
  subIndex,
} from './vn-aqi.ts';

const SCALES = ['pm2_5', 'pm10', 'no2', 'o3_1h', 'o3_8h'] as const satisfies readonly Scale[];
const top = (scale: Scale): number => BREAKPOINTS[scale].at(-1) ?? 0;
const concentration = fc.double({ min: 0, max: 5_000, noNaN: true });
const hours = fc.array(fc.option(concentration, { nil: undefined }), { minLength: 12, maxLength: 12 });

describe('the table', () => {
  // Table 2 of the decision, row by row.
  it.each([
    [0, 0, 0, 0, 0, 0],
    [50, 160, 100, 100, 50, 25],
    [100, 200, 120, 200, 150, 50],
    [150, 300, 170, 700, 250, 80],
    [200, 400, 210, 1_200, 350, 150],
    [300, 800, 400, 2_350, 420, 250],
    [400, 1_000, undefined, 3_100, 500, 350],
    [500, 1_200, undefined, 3_850, 600, 500],
  ])('gives %d at its level of every pollutant', (index, o3OneHour, o3EightHours, no2, pm10, pm2) => {
    expect(subIndex('o3_1h', o3OneHour)).toBe(index);
    if (o3EightHours !== undefined) expect(subIndex('o3_8h', o3EightHours)).toBe(index);
    expect(subIndex('no2', no2)).toBe(index);
    expect(subIndex('pm10', pm10)).toBe(index);
    expect(subIndex('pm2_5', pm2)).toBe(index);
  });

  it('ends at 500, but for 8 hours of O3, which it does not judge above 400', () => {
    for (const scale of ['pm2_5', 'pm10', 'no2', 'o3_1h'] as const) expect(subIndex(scale, 1e6)).toBe(500);
    expect(subIndex('o3_8h', 400.1)).toBeUndefined();
    expect(subIndex('pm2_5', -3)).toBe(0);
  });

  it.each(SCALES)('never falls as %s rises, and stays between the bounds of the band', (scale) => {
    fc.assert(
      fc.property(concentration, concentration, (a, b) => {
        const [low, high] = [subIndex(scale, Math.min(a, b)), subIndex(scale, Math.max(a, b))];
        if (low === undefined || high === undefined) {
          expect(Math.max(a, b)).toBeGreaterThan(top(scale));
          return;
        }
        expect(low).toBeLessThanOrEqual(high);
        for (const level of BREAKPOINTS[scale]) {
          const bound = subIndex(scale, level) ?? 0;
          if (a <= level) expect(subIndex(scale, a)).toBeLessThanOrEqual(bound);
          else if (a <= top(scale)) expect(subIndex(scale, a)).toBeGreaterThanOrEqual(bound);
        }
      }),
    );
  });
});

describe('NowCast', () => {
  // The decision's own example (2.3 a), oldest first: w = 16.5 / 26.9 = 0.61.
  const example = [26.9, 24.7, 20.5, 23.5, 19.5, 16.5, 19.0, 16.5, 20.3, 22.4, 19.6, 20.6];

  it('is what the decision works out', () => {
    expect(nowCast(example)).toBeCloseTo(20.3, 1);
    expect(nowCast([500, 400, ...example]), 'of more than 12 hours').toBe(nowCast(example));
  });

  it('halves the weight from hour to hour where the hours differ much', () => {
    // c1 = 100, c2 = 20: w* = 0.2, so w = 1/2 and (100 + 20 / 2) / (1 + 1/2) = 73.33.
    expect(nowCast([20, 100])).toBeCloseTo(110 / 1.5);
  });

  it('leaves missing hours out', () => {
    // c1 = 40, c2 missing, c3 = 30: w = 0.75, (40 + 0.5625 * 30) / 1.5625 = 36.4.
    expect(nowCast([30, undefined, 40])).toBeCloseTo(36.4);
  });

  it('needs two of the last three hours', () => {
    const before = Array(9).fill(50);
    expect(nowCast([...before, 50, undefined, undefined])).toBeUndefined();
    expect(nowCast([...before, undefined, 50, undefined])).toBeUndefined();
    expect(nowCast([...before, 50, undefined, 50])).toBeCloseTo(50);
    expect(nowCast([])).toBeUndefined();
  });

  it('of a constant is the constant, whichever hours are missing', () => {
    fc.assert(
      fc.property(concentration, fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }), (c, present) => {
        const series = [...present.map((there) => (there ? c : undefined)), undefined, c, c];
        expect(nowCast(series)).toBeCloseTo(c);
      }),
    );
  });

  it('lies between the least and the greatest hour', () => {
    fc.assert(
      fc.property(hours, (series) => {
        const [value, known] = [nowCast(series), series.filter((c) => c !== undefined)];
        if (value === undefined) {
          expect(series.slice(-3).filter((c) => c !== undefined).length).toBeLessThan(2);
          return;
        }
        expect(value).toBeGreaterThanOrEqual(Math.min(...known) - 1e-6);
        expect(value).toBeLessThanOrEqual(Math.max(...known) + 1e-6);
      }),
    );
  });
});

describe('the index of an hour', () => {
  const steady = (c: number) => Array(12).fill(c);

  it('is the greatest of its pollutants', () => {
    // The decision's example (2.3 b): O3 136.1 gives 42.5, PM2.5 20.3 gives 40.6 and NO2 118.7 gives 59.35, which it
    // prints as 60; rounded it is 59.
    expect(hourIndex({ pm2_5: steady(20.3), o3: [136.1], no2: [118.7] })).toBe(59);
    expect(hourIndex({ pm2_5: steady(20.3), o3: [136.1] })).toBe(43);
    expect(hourIndex({ pm2_5: steady(20.3) })).toBe(41);
    // PM10 100: 50 + 50 * (100 - 50) / (150 - 50) = 75.
    expect(hourIndex({ pm2_5: steady(20.3), pm10: steady(100) })).toBe(75);
  });

  it('looks at gases in that very hour only', () => {
    expect(hourIndex({ pm2_5: steady(10), no2: [2_350, undefined] })).toBe(20);
    expect(hourIndex({ pm2_5: steady(10), o3: [800, 16] })).toBe(20);
  });

  it('is not told without particles', () => {
    expect(hourIndex({ no2: [100], o3: [100] })).toBeUndefined();
    expect(hourIndex({ pm2_5: [50, undefined, undefined], no2: [100] })).toBeUndefined();
    expect(hourIndex({})).toBeUndefined();
  });

  it.each(POLLUTANTS)('never falls as %s rises in every hour', (pollutant) => {
    fc.assert(
      fc.property(concentration, concentration, (a, b) => {
        const of = (c: number) => hourIndex({ pm2_5: steady(5), [pollutant]: steady(c) }) ?? Number.NaN;
        expect(of(Math.min(a, b))).toBeLessThanOrEqual(of(Math.max(a, b)));
        expect(of(a)).toBeLessThanOrEqual(500);
        expect(Number.isInteger(of(a))).toBe(true);
      }),
    );
  });
});

describe('the index of a day', () => {
  const day = (c: number) => Array(24).fill(c);

  it('is what the decision works out', () => {
    // Example 2.3 c: PM2.5 55.7 gives 109.5, NO2 at most 130.8 gives 65.4; O3 of 114.6 in one hour gives 36.
    const means = { pm2_5: day(55.7), no2: [...day(20), 130.8], o3: [...day(0), 114.6] };
    expect(dayIndex(means, 24)).toBe(110);
    expect(dayIndex({ ...means, pm2_5: day(10) }, 24)).toBe(65);
    // 8 hours of 89.3 give 44.65, the one of 114.6 only 35.8.
    expect(dayIndex({ pm2_5: day(10), o3: [...Array(16).fill(0), ...Array(7).fill(85.685714), 114.6] }, 24)).toBe(45);
  });

  it('takes O3 by the hour alone where 8 hours are above the table', () => {
    // 450 by the hour: 200 + 100 * 50 / 400 = 212.5.
    expect(dayIndex({ pm2_5: day(10), o3: day(450) }, 24)).toBe(213);
    // 390 by 8 hours: 200 + 100 * 180 / 190 = 294.7, more than 195 by the hour.
    expect(dayIndex({ pm2_5: day(10), o3: day(390) }, 24)).toBe(295);
  });

  it('is made of the hours of the day, as many as it has', () => {
    const before = Array(12).fill(500);
    expect(dayIndex({ pm2_5: [...before, ...Array(23).fill(25)] }, 23)).toBe(50);
    expect(dayIndex({ pm2_5: [...before, 25, undefined, 25] }, 3)).toBe(50);
    expect(dayIndex({ pm2_5: [...before, undefined], no2: [...before, 100] }, 1)).toBeUndefined();
  });
});

describe('the 8-hour mean', () => {
  // The decision's example: 18:00 of the day before until midnight, and the greatest mean of the day.
  const before = [15.7, 14.2, 17.7, 18.9, 19.3, 15.7, 19.7];
  const o3 = [22.6, 27.1, 29.0, 31.9, 25.3, 34.7, 35.2, 41.6, 45.7, 49.2, 55.8, 69.6];
  const later = [78.3, 91.5, 97.7, 81.2, 71.8, 43.5, 34.3, 21.5, 20.5, 19.4, 20.4, 21.3];

  it('is the greatest of the day’s, which reach into the day before', () => {
    expect(runningMaximum([...before, ...o3, ...later], 24)).toBeCloseTo(74.4, 1);
    expect(runningMaximum([...before, 22.6], 1)).toBeCloseTo(17.975);
  });

  it('needs six of its hours', () => {
    expect(runningMaximum([1, 1, 1, undefined, undefined, 1, 1, 1], 1)).toBe(1);
    expect(runningMaximum([1, 1, undefined, undefined, undefined, 1, 1, 1], 1)).toBeUndefined();
  });
});

describe('the row of vn_aqi', () => {
  it('names pollutants that the method knows, in the unit of the table', () => {
    const row = environment.derived.find(({ id }) => id === 'vn_aqi');
    const inputs = row?.overDevices === 'index' ? row.inputs : [];
    expect(inputs.filter((id) => POLLUTANTS.every((pollutant) => pollutant !== id))).toEqual([]);
    for (const id of inputs) expect(environment.metrics.find((metric) => metric.id === id)?.unit).toBe('ug/m3');
  });
});
