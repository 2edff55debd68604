import { encode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../model/problem.ts';
import { BODY_TYPES, bodyTypeOf, countReadings } from './bodies.ts';

const TYPES = Object.keys(BODY_TYPES);

describe('the type of a body', () => {
  it('is found whatever the case and the parameters', () => {
    expect(bodyTypeOf('Text/Plain; charset=utf-8').format).toBe('line');
    expect(bodyTypeOf('application/senml+json').format).toBe('senml');
  });

  it.each([undefined, '', 'text/html', 'constructor', '__proto__', 'application/xml'])('is not %s', (header) => {
    expect(() => bodyTypeOf(header)).toThrow(expect.objectContaining({ code: 'unsupported-media-type' }));
  });
});

describe('counting', () => {
  it.each([
    ['application/senml+json', '{"n":"a"}', 'invalid-request'],
    ['application/senml+json', '[]', 'invalid-request'],
    ['application/senml+json', '[1]', 'invalid-request'],
    ['application/senml+json', '[', 'malformed-json'],
    ['application/senml+cbor', '', 'invalid-request'],
    ['application/senml+cbor', '\x80', 'invalid-request'],
    ['application/senml+cbor', '\x81\x05', 'invalid-request'],
    ['application/senml+cbor', '\x81\xa0\x00', 'invalid-request'],
    ['application/senml+cbor', '\xa1\x00\x01', 'invalid-request'],
    ['application/senml+cbor', '\x82\xa0', 'invalid-request'],
    ['application/senml+cbor', '\x81\xa0\xff', 'invalid-request'],
    ['application/senml+cbor', '\x81\xff', 'invalid-request'],
    ['application/senml+cbor', '\x81\xa1\x02\xc4', 'invalid-request'],
    ['text/plain', '', 'invalid-request'],
    ['text/plain', '\n \r\n# a comment\n', 'invalid-request'],
  ])('of %s refuses %j as %s', (type, body, code) => {
    expect(() => bodyTypeOf(type).count(Buffer.from(body, 'latin1'))).toThrow(expect.objectContaining({ code }));
  });

  it('of CBOR counts records of an array without a length, and reads decimal fractions', () => {
    const body = Uint8Array.of(0x9f, 0xa1, 0x02, 0xc4, 0x82, 0x20, 0x19, 0x01, 0x3b, 0xa0, 0xff);
    expect(bodyTypeOf('application/senml+cbor').count(body)).toBe(2);
  });

  it('of CBOR is what a decoder finds, whatever the maps hold', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.integer(),
        fc.double({ noNaN: true }),
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), value), { minLength: 1 }), fc.nat(), (records, at) => {
        const bytes = encode(records);
        expect(bodyTypeOf('application/senml+cbor').count(bytes)).toBe(records.length);
        const cut = bytes.subarray(0, at % bytes.length);
        expect(() => bodyTypeOf('application/senml+cbor').count(cut)).toThrow(CodedError);
      }),
    );
  });

  it('of CBOR builds nothing of what it counts, however deep or many', () => {
    const deep = Buffer.concat([Buffer.from([0x81, 0xa1, 0x02]), Buffer.alloc(120_000, 0x81), Buffer.from([0x80])]);
    expect(bodyTypeOf('application/senml+cbor').count(deep)).toBe(1);
    const many = Buffer.concat([Buffer.from([0x9a, 0x00, 0x01, 0xff, 0x00]), Buffer.alloc(0x1ff00, 0xa0)]);
    expect(bodyTypeOf('application/senml+cbor').count(many)).toBe(0x1ff00);
  });

  it('of lines leaves out comments and empty lines, and counts a line that says nothing good', () => {
    expect(bodyTypeOf('text/plain').count(Buffer.from('m v=1\r\n\r\n  # no\n  bad\n'))).toBe(2);
  });

  it('takes any JSON and either counts it or says why not', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          expect(countReadings(Buffer.from(text))).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-request' });
        }
      }),
    );
  });

  it.each(TYPES)('of %s takes any bytes without another error than its own', (type) => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          expect(bodyTypeOf(type).count(bytes)).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
        }
      }),
    );
  });
});
