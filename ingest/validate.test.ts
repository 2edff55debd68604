import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../model/catalogue.ts';
import { phenomenonTime, type Reading } from '../model/telemetry.ts';
import { isRejection } from './rejection.ts';
import { openUnitConverter, type UnitConverter } from './units.ts';
import { type Judged, judge, type Sender } from './validate.ts';

const received = Date.UTC(2026, 10, 24, 3, 0, 0);
const DAY = 86_400_000;
const counter: Sender = { device: 'counter-1', domain: 'traffic', simulated: false, received, format: 'json' };

let convert: UnitConverter;
beforeAll(async () => {
  convert = await openUnitConverter();
});

function judged(reading: Reading, sender: Sender = counter): Judged {
  const result = judge({ readings: [reading], rejections: [] }, sender, { catalogue, convert, rawRetention: 90 * DAY });
  if (isRejection(result)) throw new Error(result.reason);
  return result;
}
const reasonOf = (reading: Reading) => judged(reading).rejections[0]?.reason;

describe('a reading that holds', () => {
  it('becomes one observation for each value', () => {
    const { observations, rejections } = judged({
      time: received - 1_000,
      values: { mean_speed: 31.5, occupancy: 12 },
    });
    expect(rejections).toEqual([]);
    expect(observations).toEqual([
      expect.objectContaining({
        device: 'counter-1',
        metric: 'mean_speed',
        value: 31.5,
        time: received - 1_000,
        quality: 'valid',
        received,
        flags: [],
      }),
      expect.objectContaining({ metric: 'occupancy', value: 12 }),
    ]);
  });

  it('without a time takes the time of its receipt, and says so', () => {
    expect(judged({ values: { mean_speed: 1 } }).observations[0]).toMatchObject({
      time: received,
      flags: ['time-from-receipt'],
    });
  });

  it('is flagged late after an hour and simulated where its device is', () => {
    const old = { time: received - 2 * 3_600_000, values: { mean_speed: 1 } };
    expect(judged(old, { ...counter, simulated: true }).observations[0]?.flags).toEqual(['late', 'simulated']);
  });

  it('carries its position and the H3 cell of it', () => {
    const [observation] = judged({ values: { mean_speed: 1 }, position: [105.85, 21.03] }).observations;
    expect(observation?.position).toEqual([105.85, 21.03]);
    expect(observation?.cell).toMatch(/^8b[0-9a-f]{13}$/);
  });

  it.each([
    ['m/s', 10, 36],
    ['[mi_i]/h', 50, 80.467_2],
    ['km/h', 50, 50],
  ])('in %s is converted to the metric’s own unit', (unit, value, expected) => {
    const [observation] = judged({ values: { mean_speed: value }, units: { mean_speed: unit } }).observations;
    expect(observation?.value).toBeCloseTo(expected, 9);
  });

  it('in degrees Fahrenheit is converted with the offset', () => {
    const fridge = { ...counter, domain: 'health' };
    const reading = { values: { vaccine_fridge_temperature: 41 }, units: { vaccine_fridge_temperature: '[degF]' } };
    expect(judged(reading, fridge).observations[0]?.value).toBeCloseTo(5, 9);
  });

  it('that the device calls invalid is kept as such, even outside the range', () => {
    const { observations } = judged({ values: { mean_speed: -999 }, quality: { mean_speed: 'invalid' } });
    expect(observations[0]).toMatchObject({ value: -999, quality: 'invalid' });
  });
});

describe('a value that does not hold is set aside with its reason', () => {
  it.each<[string, Reading]>([
    ['unknown-metric', { values: { warp_speed: 9 } }],
    ['unknown-metric', { values: { __proto__x: 9, constructor: 1 } }],
    ['metric-not-of-domain', { values: { beds_total: 9 } }],
    ['wrong-type', { values: { mean_speed: '31' } }],
    ['wrong-type', { values: { mean_speed: null } }],
    ['wrong-type', { values: { mean_speed: Number.POSITIVE_INFINITY } }],
    ['out-of-range', { values: { mean_speed: 201 } }],
    ['unknown-unit', { values: { mean_speed: 1 }, units: { mean_speed: 'furlongs' } }],
    ['unknown-unit', { values: { mean_speed: 1 }, units: { mean_speed: 5 } }],
    ['inconvertible-unit', { values: { mean_speed: 1 }, units: { mean_speed: 'kg' } }],
    ['wrong-quality', { values: { mean_speed: 1 }, quality: { mean_speed: 'great' } }],
    ['wrong-time', { time: 'yesterday', values: { mean_speed: 1 } }],
    ['wrong-time', { time: '2026-11-24 03:00:00', values: { mean_speed: 1 } }],
    ['wrong-time', { time: '2026-02-30T00:00:00Z', values: { mean_speed: 1 } }],
    ['too-old', { time: received - 91 * DAY, values: { mean_speed: 1 } }],
    ['too-far-ahead', { time: received + 11 * 60_000, values: { mean_speed: 1 } }],
    ['wrong-position', { values: { mean_speed: 1 }, position: [21.03] }],
    ['wrong-position', { values: { mean_speed: 1 }, position: [200, 21.03] }],
  ])('%s', (reason, reading) => {
    expect(reasonOf(reading)).toBe(reason);
  });

  it('and takes none of its neighbours along', () => {
    const { observations, rejections } = judged({ values: { mean_speed: 'fast', occupancy: 12 } });
    expect(observations.map((o) => o.metric)).toEqual(['occupancy']);
    expect(rejections).toEqual([expect.objectContaining({ metric: 'mean_speed', reason: 'wrong-type' })]);
  });

  it('and a time in seconds is told to be one', () => {
    expect(judged({ time: received / 1_000, values: { mean_speed: 1 } }).rejections[0]?.detail).toMatch(/seconds/);
  });
});

it('every value of any reading is either observed or set aside', () => {
  const reading = fc.record({
    time: fc.oneof(fc.string(), fc.double(), fc.integer()),
    values: fc.dictionary(
      fc.oneof(fc.constantFrom('mean_speed', 'occupancy', 'beds_total'), fc.string()),
      fc.anything(),
      { minKeys: 1 },
    ),
    position: fc.anything(),
    units: fc.dictionary(fc.constantFrom('mean_speed', 'occupancy'), fc.anything()),
    quality: fc.dictionary(fc.constantFrom('mean_speed', 'occupancy'), fc.anything()),
  });
  fc.assert(
    fc.property(reading, (given) => {
      const { observations, rejections } = judged(given);
      expect(observations.length + rejections.length).toBe(Object.keys(given.values).length);
      for (const { value } of observations) expect(Number.isFinite(value)).toBe(true);
    }),
  );
});

it('any instant written in RFC 3339 at any offset is the same instant', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
      fc.integer({ min: -1_080, max: 1_080 }),
      (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const [h, m] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = `${offset < 0 ? '-' : '+'}${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`;
        expect(phenomenonTime(`${local}${zone}`)).toBe(date.getTime());
      },
    ),
  );
});

describe('a message that asks for much', () => {
  const by = () => ({ catalogue, convert, rawRetention: 90 * DAY });

  it('is set aside as one where what its format could not read is beyond the bound', () => {
    const rejections = Array.from({ length: 5_001 }, () => ({
      ...{ reason: 'wrong-type' as const, detail: 'no value', metric: '' },
    }));
    expect(judge({ readings: [], rejections }, counter, by())).toMatchObject({ reason: 'too-many-observations' });
    expect(judge({ readings: [], rejections: rejections.slice(1) }, counter, by())).toMatchObject({
      rejections: { length: 5_000 },
    });
  });

  it('has units looked up that are short, and 64 different ones', () => {
    const reading = (unit: string): Reading => ({ values: { mean_speed: 0 }, units: { mean_speed: unit } });
    const annotated = (length: number) => `m/s{${'a'.repeat(length)}}`;
    expect(reasonOf(reading(annotated(90)))).toBeUndefined();
    expect(reasonOf(reading(annotated(100)))).toBe('unknown-unit');
    const readings = Array.from({ length: 70 }, (_, i) => reading(`${i + 1}.m/s`));
    const result = judge({ readings, rejections: [] }, counter, by());
    if (isRejection(result)) throw new Error(result.reason);
    expect([result.observations.length, result.rejections.length]).toEqual([64, 6]);
    expect(result.rejections[0]).toMatchObject({ reason: 'unknown-unit', detail: expect.stringContaining('64') });
  });
});
