import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRejection } from '../../rejection.ts';
import { decodeLine } from './decode.ts';

const received = 1_764_000_000_000;
const decode = (text: string) => decodeLine(Buffer.from(text), { kind: 'counter', received });

describe('readings of line protocol', () => {
  it('are the fields of each line, its nanoseconds cut to milliseconds', () => {
    expect(decode('counter,lane=1 mean_speed=31.5,vehicle_count=12i 1763999999123456789\nx mean_speed=30')).toEqual({
      readings: [
        { time: 1_763_999_999_123, values: { mean_speed: 31.5, vehicle_count: 12 } },
        { values: { mean_speed: 30 } },
      ],
      rejections: [],
    });
  });

  it('leave out what is no number, and say so', () => {
    expect(decode('m a=t,b="x",c=9007199254740993i,d=18446744073709551615u,e=9007199254740991u 1')).toEqual({
      readings: [{ time: 0, values: { e: 9_007_199_254_740_991 } }],
      rejections: ['a', 'b', 'c', 'd'].map((metric) => ({
        reason: 'wrong-type',
        metric,
        detail: expect.stringContaining(metric),
      })),
    });
  });

  it('are read in one pass, also where a long word is a number up to its last character', () => {
    // Were its digits tried in every way, this would take minutes.
    const long = '1'.repeat(120_000);
    expect(decode(`m a=${long}x\nm a=1.${long}x\nm b=1`)).toMatchObject({
      readings: [{ values: { b: 1 } }],
      rejections: [{ reason: 'malformed-line' }, { reason: 'malformed-line' }],
    });
  }, 5_000);

  it('take a faulty line alone, under its measurement', () => {
    expect(decode('speed,x v=1\nspeed v=2\n=')).toMatchObject({
      readings: [{ values: { v: 2 } }],
      rejections: [
        { reason: 'malformed-line', metric: 'speed' },
        { reason: 'malformed-line', metric: '=' },
      ],
    });
  });

  it('keep a field that is there twice twice', () => {
    expect(decode('m v=1,w=5,v=2 1000000')).toEqual({
      readings: [
        { time: 1, values: { v: 1, w: 5 } },
        { time: 1, values: { v: 2 } },
      ],
      rejections: [],
    });
  });

  it.each(['', '\n\n', '# nothing'])('are none in %j', (text) =>
    expect(decode(text)).toMatchObject({ reason: 'empty-message' }),
  );

  it('lose no field of any name', () => {
    const name = fc.constantFrom('a', 'b', '__proto__', 'constructor', 'toString');
    const value = fc.constantFrom('1', '2.5', '3i', 't', '"s"', '9007199254740993u');
    fc.assert(
      fc.property(fc.array(fc.array(fc.tuple(name, value), { minLength: 1 }), { minLength: 1 }), (lines) => {
        const text = lines.map((fields) => `m ${fields.map((field) => field.join('=')).join(',')}`).join('\n');
        const decoded = decode(text);
        if (isRejection(decoded)) throw new Error(decoded.detail);
        const values = decoded.readings.flatMap((reading) => Object.keys(reading.values));
        expect(values.length + decoded.rejections.length).toBe(lines.flat().length);
      }),
    );
  });

  it('never throw, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
        expect(decodeLine(payload, { kind: 'counter', received })).toBeTypeOf('object');
      }),
    );
  });
});
