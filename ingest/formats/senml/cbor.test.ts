import { encode, Tagged } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSenmlCbor } from './cbor.ts';
import { decodeSenml } from './json.ts';

const origin = { kind: 'counter', received: 1_764_000_000_123 };
const decode = (payload: Uint8Array) => decodeSenmlCbor(payload, origin);
const LABELS: Readonly<Record<string, number>> = {
  bver: -1,
  bn: -2,
  bt: -3,
  bu: -4,
  bv: -5,
  bs: -6,
  n: 0,
  u: 1,
  v: 2,
  vs: 3,
  vb: 4,
  s: 5,
  t: 6,
  ut: 7,
  vd: 8,
};
/** A pack with the labels of JSON under those of CBOR. */
const pack = (records: readonly object[]) =>
  encode(
    records.map((record) => new Map(Object.entries(record).map(([label, value]) => [LABELS[label] ?? label, value]))),
  );

describe('SenML in CBOR', () => {
  it('is the same as in JSON', () => {
    const records = fc.array(
      fc.record(
        {
          bn: fc.string(),
          bt: fc.double({ noNaN: true, noDefaultInfinity: true }),
          bu: fc.string(),
          bv: fc.integer(),
          bver: fc.integer({ min: 0, max: 12 }),
          n: fc.string(),
          u: fc.constantFrom('lon', 'lat', 'Cel'),
          t: fc.maxSafeInteger(),
          v: fc.oneof(
            fc.integer(),
            fc.double({ noNaN: true, noDefaultInfinity: true }),
            fc.string(),
            fc.constant(null),
          ),
          vs: fc.string(),
          vb: fc.boolean(),
          s: fc.integer(),
          extension: fc.array(fc.integer()),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(records, (some) => {
        const text = JSON.stringify(some);
        expect(decode(pack(JSON.parse(text)))).toEqual(decodeSenml(Buffer.from(text), origin));
      }),
      { numRuns: 500 },
    );
  });

  it('knows decimal fractions and integers beyond 2^53', () => {
    const fraction = new Tagged(4, [-2, 2515]);
    expect(
      decode(
        encode([
          new Map<number, unknown>([
            [0, 'a'],
            [2, fraction],
          ]),
        ]),
      ),
    ).toMatchObject({
      readings: [{ values: { a: 25.15 } }],
    });
    expect(
      decode(
        encode([
          new Map<number, unknown>([
            [0, 'a'],
            [2, 2n ** 60n],
          ]),
        ]),
      ),
    ).toMatchObject({
      readings: [{ values: { a: 2 ** 60 } }],
    });
  });

  it('may be of no announced length', () => {
    expect(decode(Uint8Array.of(0x9f, 0xbf, 0x00, 0x61, 0x61, 0x02, 0x05, 0xff, 0xff))).toMatchObject({
      readings: [{ values: { a: 5 } }],
    });
  });

  it.each([
    ['nothing', [], 'malformed-cbor'],
    ['trailing bytes', [0x80, 0x80], 'malformed-cbor'],
    ['a cut record', [0x81, 0xa1, 0x00], 'malformed-cbor'],
    ['an array longer than the payload', [0x9b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff], 'malformed-cbor'],
    ['a string longer than the payload', [0x81, 0xa1, 0x00, 0x7a, 0xff, 0xff, 0xff, 0xff], 'malformed-cbor'],
    ['a label twice', [0x81, 0xa2, 0x02, 0x01, 0x02, 0x02], 'malformed-cbor'],
    ['a label twice, as integer and as text', [0x81, 0xa2, 0x02, 0x01, 0x61, 0x76, 0x02], 'malformed-cbor'],
    ['a tag that SenML has not', [0x81, 0xa1, 0x02, 0xc1, 0x01], 'malformed-cbor'],
    ['a wrong decimal fraction', [0x81, 0xa1, 0x02, 0xc4, 0x81, 0x01], 'malformed-cbor'],
    ['one record without its array', [0xa1, 0x02, 0x01], 'malformed-senml'],
    ['no pack', [0x81, 0x05], 'malformed-senml'],
    ['a version to come', [0x81, 0xa1, 0x20, 0x0b], 'malformed-senml'],
    ['a label that must be understood', [0x81, 0xa1, 0x62, 0x78, 0x5f, 0x01], 'malformed-senml'],
    ['__proto__', [0x81, 0xa1, 0x69, ...Buffer.from('__proto__'), 0xa0], 'malformed-senml'],
    ['no record', [0x80], 'empty-message'],
  ])('is not %s', (_, bytes, reason) => {
    expect(decode(Uint8Array.from(bytes))).toMatchObject({ reason, detail: expect.any(String) });
  });

  it.each([
    ['arrays', [0x81]],
    ['arrays without a length', [0x9f]],
    ['maps', [0xa1, 0x00]],
    ['tags', [0xc4]],
  ])('survives a packet of nothing but %s', (_, bytes) => {
    const bomb = Buffer.alloc(128 * 1024, Uint8Array.from(bytes));
    expect(decode(bomb)).toMatchObject({ reason: 'malformed-cbor', detail: expect.not.stringContaining('call stack') });
    // The same, well-formed.
    const closed = Buffer.concat([Buffer.alloc(100_000, Uint8Array.of(0x81)), Buffer.from([0x80])]);
    expect(decode(closed)).toHaveProperty('reason');
  });

  it.each([
    ['announced in two bytes', [0x99, 0x4e, 0x21], 20_001],
    ['announced in four bytes', [0x9a, 0x00, 0x01, 0xff, 0x00], 0x1ff00],
    ['of no announced length', [0x9f], 130_000],
  ])('is refused unread where its records are too many, %s', (_, head, count) => {
    const end = head[0] === 0x9f ? [0xff] : [];
    const many = Buffer.concat([Buffer.from(head), Buffer.alloc(count, 0xa0), Buffer.from(end)]);
    expect(decode(many)).toMatchObject({ reason: 'too-many-observations', detail: expect.stringContaining('20000') });
  });

  it('never throws, whatever the bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      // Mostly well-formed beginnings.
      fc
        .array(
          fc.constantFrom(
            0x81,
            0x82,
            0xa1,
            0x00,
            0x02,
            0x06,
            0x21,
            0x61,
            0x61,
            0xc4,
            0xf9,
            0xfb,
            0x7f,
            0xff,
            0x9f,
            0xbf,
          ),
        )
        .map((parts) => Uint8Array.from(parts)),
    );
    fc.assert(
      fc.property(bytes, (payload) => {
        expect(decode(payload)).toBeTypeOf('object');
      }),
      { numRuns: 2_000 },
    );
  });
});
