import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isRejection } from '../../rejection.ts';
import { openUnitConverter, type UnitConverter } from '../../units.ts';
import { decodeSenml } from './json.ts';
import { metricOf } from './readings.ts';
import { DIFFERING_UNITS, ucumOf } from './units.ts';

const received = 1_764_000_000_123;
const decode = (pack: unknown) => decodeSenml(Buffer.from(JSON.stringify(pack)), { kind: 'counter', received });

describe('readings of SenML', () => {
  it('are the records of one time, by the last part of their names, in UCUM', () => {
    expect(
      decode([
        { bn: 'urn:dev:mac:0024befffe804ff1:', bt: 1_763_999_999.001, n: 'temperature', u: 'Cel', v: 25.2 },
        { n: 'humidity', u: '%RH', v: 30 },
        { n: 'temperature', u: 'Cel', v: 25.1, t: -60 },
      ]),
    ).toEqual({
      readings: [
        {
          time: 1_763_999_999_001,
          values: { temperature: 25.2, humidity: 30 },
          units: { temperature: 'Cel', humidity: '%' },
        },
        { time: 1_763_999_939_001, values: { temperature: 25.1 }, units: { temperature: 'Cel' } },
      ],
      rejections: [],
    });
  });

  it('are none where a name is too long to stand before every record of a pack', () => {
    const pack = (length: number) => [
      { bn: 'a'.repeat(length) },
      ...Array.from({ length: 4_000 }, (_, i) => ({ n: `${i}`, v: 1 })),
    ];
    expect(decode(pack(501))).toMatchObject({ reason: 'malformed-senml' });
    expect(decode(pack(500))).toMatchObject({ readings: [{ values: { [`${'a'.repeat(500)}7`]: 1 } }] });
  });

  it('have the time of receipt where none is told, and times before it where they are relative', () => {
    expect(
      decode([
        { n: 'a', v: 1 },
        { n: 'a', v: 2, t: -1.5 },
      ]),
    ).toMatchObject({
      readings: [{ values: { a: 1 } }, { time: received - 1500, values: { a: 2 } }],
    });
    expect(decode([{ n: 'a', v: 1 }])).not.toHaveProperty('readings.0.time');
  });

  it('keep every millisecond, though seconds have fractions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e6 }), (before, after) => {
        const time = received - before + after;
        const pack = [{ bt: (received - before) / 1000, t: after / 1000, n: 'a', v: 1 }];
        expect(decode(pack)).toMatchObject({ readings: [{ time }] });
      }),
    );
  });

  it('have the position of longitude and latitude at their time', () => {
    expect(
      decode([
        { bn: 'bus', bt: 1_763_999_999, u: 'lon', v: 105.85 },
        { n: '/speed', u: 'm/s', v: 9 },
        { u: 'lat', v: 21.03 },
        { n: '/speed', u: 'm/s', v: 8, t: 1 },
      ]),
    ).toMatchObject({
      readings: [{ position: [105.85, 21.03], values: { speed: 9 } }, { values: { speed: 8 } }],
      rejections: [],
    });
  });

  it.each([
    [
      [
        { n: 'p', u: 'lon', v: 1 },
        { n: 'a', v: 1 },
      ],
      1,
    ],
    [
      [
        { n: 'p', u: 'lon', v: 1 },
        { n: 'p', u: 'lat', v: 1 },
      ],
      2,
    ],
    [
      [
        { n: 'p', u: 'lon', v: 1 },
        { n: 'p', u: 'lon', v: 2 },
        { n: 'p', u: 'lat', v: 1 },
        { n: 'a', v: 1 },
      ],
      1,
    ],
  ])('reject coordinates that belong to nothing: %j', (pack, rejected) => {
    expect(decode(pack)).toMatchObject({
      rejections: Array.from({ length: rejected }, () => ({ reason: 'wrong-position', metric: 'p' })),
    });
  });

  it.each([
    [{ vs: 'x' }, 'string'],
    [{ vb: true }, 'boolean'],
    [{ vd: 'aGkgCg' }, 'data'],
    [{ s: 12 }, 'sum'],
    [{}, 'no value'],
    [{ v: 1, vs: 'x' }, 'more than one value'],
  ])('reject a record with %j by itself', (value, detail) => {
    expect(
      decode([
        { n: 'x:a', ...value },
        { n: 'b', v: 1 },
      ]),
    ).toEqual({
      readings: [{ values: { b: 1 }, units: {} }],
      rejections: [{ reason: 'wrong-type', metric: 'a', detail: expect.stringContaining(detail) }],
    });
  });

  it('keep a metric that is there twice at one time twice, in the order of the pack', () => {
    expect(
      decode([
        { n: 'a', v: 1 },
        { n: 'b', v: 1 },
        { n: 'a', v: 2 },
      ]),
    ).toMatchObject({
      readings: [{ values: { a: 1, b: 1 } }, { values: { a: 2 } }],
    });
  });

  it.each(['[]', '[{"bn": "x"}]'])('are none in %s', (text) => {
    expect(decodeSenml(Buffer.from(text), { kind: 'counter', received })).toMatchObject({ reason: 'empty-message' });
  });

  it.each([
    ['{', 'malformed-json'],
    ['{"e": []}', 'malformed-senml'],
  ])('are none in %s: %s', (text, reason) => {
    expect(decodeSenml(Buffer.from(text), { kind: 'counter', received })).toMatchObject({ reason });
  });

  it('count every record of any pack once', () => {
    const record = fc.record(
      {
        bn: fc.constantFrom('x:', ''),
        bt: fc.constantFrom(0, 1_763_999_999),
        bv: fc.integer(),
        n: fc.constantFrom('a', 'b', '__proto__', 'constructor', ''),
        u: fc.constantFrom('lon', 'lat', 'm'),
        t: fc.constantFrom(0, 1, -1),
        v: fc.oneof(fc.integer(), fc.string()),
        vs: fc.string(),
        s: fc.integer(),
      },
      { requiredKeys: ['n'] },
    );
    fc.assert(
      fc.property(fc.array(record, { minLength: 1 }), (pack) => {
        const decoded = decode(pack);
        if (isRejection(decoded)) throw new Error(decoded.detail);
        const values = decoded.readings.flatMap((reading) => Object.keys(reading.values)).length;
        const moments = new Set(decoded.readings.filter(({ position }) => position).map(({ time }) => time));
        expect(values + 2 * moments.size + decoded.rejections.length).toBe(pack.length);
      }),
      { numRuns: 500 },
    );
  });

  it('never throw, whatever the bytes', () => {
    const payload = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .array(fc.dictionary(fc.constantFrom('n', 'v', 't', 'bt', 'bver', 'u', 'x_'), fc.jsonValue()))
        .map((pack) => Buffer.from(JSON.stringify(pack))),
    );
    fc.assert(
      fc.property(payload, (bytes) => {
        expect(decodeSenml(bytes, { kind: 'counter', received })).toBeTypeOf('object');
      }),
    );
  });
});

describe('a name', () => {
  it.each([
    ['urn:dev:ow:10e2073a01080063:voltage', 'voltage'],
    ['2001:db8::2/temperature', 'temperature'],
    ['mean_speed', 'mean_speed'],
    ['urn:', ''],
  ])('%s means %s', (name, metric) => expect(metricOf(name)).toBe(metric));
});

describe('SenML units', () => {
  let convert: UnitConverter;
  beforeAll(async () => {
    convert = await openUnitConverter();
  });

  it.each(DIFFERING_UNITS)('%s has a code of UCUM', (unit) => {
    expect(convert(1, ucumOf(unit), 'm')).not.toBe('unknown-unit');
  });

  it.each([
    ['/', '%', 0.5, 50],
    ['%RH', '%', 40, 40],
    ['count', '{vehicles}', 3, 3],
    ['Wh', 'kW.h', 1500, 1.5],
    ['m/s', 'km/h', 10, 36],
    ['K', 'Cel', 300.15, 27],
    ['min', 's', 2, 120],
  ])('%s becomes %s', (from, to, value, expected) => {
    expect(convert(value, ucumOf(from), to)).toBeCloseTo(expected);
  });
});
