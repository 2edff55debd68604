import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LinePoint, parseLines } from './parse.ts';
import type { FieldValue } from './value.ts';

const parse = (text: string) => parseLines(Buffer.from(text));
const faulty = (text: string) => parse(text).map((line) => 'fault' in line);

describe('line protocol', () => {
  it('has a measurement, tags, typed fields and a timestamp', () => {
    expect(
      parse('cross\\ ing,ward=hoan\\,kiem mean\\=speed=31.5,n=12i,u=3u,ok=T,s="a\\"b" 1764000000000000000\n'),
    ).toEqual([
      {
        measurement: 'cross ing',
        tags: [['ward', 'hoan,kiem']],
        fields: [
          ['mean=speed', { type: 'float', value: 31.5 }],
          ['n', { type: 'integer', value: 12n }],
          ['u', { type: 'unsigned', value: 3n }],
          ['ok', { type: 'boolean', value: true }],
          ['s', { type: 'string', value: 'a"b' }],
        ],
        timestamp: 1_764_000_000_000_000_000n,
      },
    ]);
  });

  it('skips empty lines and comments', () => {
    expect(parse('\n  \r\n# a comment, with "anything"\n#\nm v=1\r\n\r')).toHaveLength(1);
    expect(parse('')).toEqual([]);
  });

  it('takes a faulty line by itself', () => {
    expect(faulty('m v=1\nm v=x\nm\n,\nm v=2 1x\nm v=3')).toEqual([false, true, true, true, true, false]);
    expect(parse('speed,lane= v=1\nm v=1')).toMatchObject([
      { measurement: 'speed', fault: expect.stringContaining('lane') },
      { measurement: 'm' },
    ]);
  });

  it('hears the lines behind a string without an end', () => {
    expect(faulty('m s="open\nm v=1\nm v=2')).toEqual([true, false, false]);
  });

  it('takes only the line that is not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('m v=1\nm'), Buffer.from([0xff]), Buffer.from(' v=1\nđường v=2\n')]);
    expect(parseLines(bytes)).toMatchObject([{ measurement: 'm' }, { measurement: '' }, { measurement: 'đường' }]);
    expect(parseLines(bytes).map((line) => 'fault' in line)).toEqual([false, true, false]);
  });

  it.each(['NaN', 'inf', '0x10', '1_000', '+1', '1e', '.', '-', '1.5i', '-1u', '99999999999999999999i', '1e999', ''])(
    'takes %j for no value',
    (value) => expect(faulty(`m v=${value}`)).toEqual([true]),
  );

  it('takes a number of many digits in a time that its length alone decides', () => {
    expect(faulty(`m v=${'9'.repeat(120_000)}i`)).toEqual([true]);
    expect(faulty(`m v=${'0'.repeat(120_000)}1i`)).toEqual([false]);
  });
});

describe('any input', () => {
  it('gives points and faults, and never an error', () => {
    const pieces = fc.constantFrom(
      'm',
      ',',
      '=',
      ' ',
      '"',
      '\\',
      '\n',
      '\r',
      '#',
      '1',
      'i',
      'u',
      't',
      '.',
      'e',
      '-',
      '\0',
      'đ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.array(pieces, { maxLength: 60 }).map((text) => Buffer.from(text.join(''))),
        ),
        (payload) => {
          for (const line of parseLines(payload))
            if ('fault' in line) expect(line.fault).not.toBe('');
            else expect(line.fields.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('reads back what another writer wrote', () => {
    fc.assert(
      fc.property(
        fc.array(point, { maxLength: 5 }),
        fc.constantFrom('\n', '\r\n', '\n\n', '\n# between\n'),
        (points, end) => {
          expect(parse(points.map((one) => written(one)).join(end))).toEqual(points);
        },
      ),
    );
  });
});

/** A writer by the letter of the documentation, which knows nothing of the parser. */
function written({ measurement, tags, fields, timestamp }: LinePoint): string {
  const behind = (text: string, what: RegExp) => text.replace(what, '\\$&');
  const value = (field: FieldValue): string => {
    if (field.type === 'string') return `"${behind(field.value, /["\\]/g)}"`;
    if (field.type === 'float') return Object.is(field.value, -0) ? '-0' : String(field.value);
    return `${field.value}${{ integer: 'i', unsigned: 'u', boolean: '' }[field.type]}`;
  };
  const name = behind(measurement, /[, ]/g);
  const labels = tags.map(([key, tag]) => `,${behind(key, /[,= ]/g)}=${behind(tag, /[,= ]/g)}`).join('');
  const values = fields.map(([key, field]) => `${behind(key, /[,= ]/g)}=${value(field)}`).join(',');
  return `${name}${labels} ${values}${timestamp === undefined ? '' : ` ${timestamp}`}`;
}

/** Names that line protocol can write: printable, and no backslash where it would escape what follows. */
const character = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...'abzAZ059 ,="_-./:') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
);
const name = fc
  .array(character, { minLength: 1, maxLength: 8 })
  .map((characters) => characters.join(''))
  .filter((text) => !/[\p{Cc}\\]/u.test(text) && !/\p{Cs}/u.test(text));
const field: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ type: 'float' as const, value })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ type: 'integer' as const, value })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => ({ type: 'unsigned' as const, value })),
  fc.boolean().map((value) => ({ type: 'boolean' as const, value })),
  fc.string({ unit: 'grapheme' }).map((value) => ({ type: 'string' as const, value })),
  fc.constantFrom('a\nb', '\\', '\\"', '\\n', '"', '\t').map((value) => ({ type: 'string' as const, value })),
);
const point: fc.Arbitrary<LinePoint> = fc.record({
  measurement: name.filter((text) => !text.startsWith('#')),
  tags: fc.uniqueArray(fc.tuple(name, name), { maxLength: 3, selector: ([key]) => key }),
  fields: fc.array(fc.tuple(name, field), { minLength: 1, maxLength: 4 }),
  timestamp: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { nil: undefined }),
});
