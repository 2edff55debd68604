import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson } from './json.ts';

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const SUITE = '../shared/data/malformed/json-testsuite/test_parsing';

describe('native JSON', () => {
  it('takes one reading or an array of them', () => {
    const reading = { time: 1_764_000_000_000, values: { mean_speed: 31.5 } };
    expect(decodeJson(bytes(reading))).toEqual({ readings: [reading], rejections: [] });
    expect(decodeJson(bytes([reading, reading]))).toEqual({ readings: [reading, reading], rejections: [] });
  });

  it('keeps a bad value beside a good one, to be judged by itself', () => {
    expect(decodeJson(bytes({ values: { mean_speed: 'fast', occupancy: 12 } }))).toEqual({
      readings: [{ values: { mean_speed: 'fast', occupancy: 12 } }],
      rejections: [],
    });
  });

  it.each([
    ['{"values": {"mean_speed": NaN}}', 'malformed-json'],
    ['', 'malformed-json'],
    ['{"values": {"a": 1}} trailing', 'malformed-json'],
    ['"text"', 'wrong-shape'],
    ['{"values": {"__proto__": 1, "mean_speed": 3}}', 'wrong-shape'],
    ['{"values": {"\\u005f_proto__": 1, "mean_speed": 3}}', 'wrong-shape'],
    ['[{"values": {"a": 1}}, {"values": {"_\\u005fproto__": 1}}]', 'wrong-shape'],
    ['null', 'wrong-shape'],
    ['{"values": [1, 2]}', 'wrong-shape'],
    ['{"time": 1764000000000}', 'wrong-shape'],
    ['{"time": {"at": 1}, "values": {"a": 1}}', 'wrong-shape'],
    ['[{"values": {"a": 1}}, 7]', 'wrong-shape'],
  ])('sets %s aside as %s', (text, reason) => {
    expect(decodeJson(Buffer.from(text))).toMatchObject({ reason });
  });

  it('sets an array of more readings than a message may have observations aside unread', () => {
    const many = Buffer.from(`[${'{},'.repeat(5_000)}{}]`);
    expect(decodeJson(many)).toMatchObject({ reason: 'too-many-observations' });
    expect(decodeJson(Buffer.from(`[${'{},'.repeat(4_999)}{}]`))).toMatchObject({ reason: 'wrong-shape' });
  });

  it('says which element of an array is wrong', () => {
    expect(decodeJson(bytes([{ values: { a: 1 } }, { values: 3 }]))).toMatchObject({
      detail: expect.stringContaining('element 1'),
    });
  });

  it('sets bytes that are not UTF-8 aside', () => {
    expect(decodeJson(Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d))).toMatchObject({ reason: 'not-utf8' });
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (payload) => {
          expect(decodeJson(payload)).toBeTypeOf('object');
        },
      ),
    );
  });

  it.skipIf(!existsSync(SUITE))('accepts no file of the JSON test suite that a parser must reject', () => {
    const rejected = readdirSync(SUITE).filter((name) => name.startsWith('n_'));
    expect(rejected.length).toBeGreaterThan(100);
    for (const name of rejected)
      expect(decodeJson(readFileSync(`${SUITE}/${name}`)), name).toHaveProperty(
        'reason',
        expect.stringMatching(/malformed-json|not-utf8/),
      );
  });
});
