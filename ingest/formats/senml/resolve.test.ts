import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SenmlPack } from '../../../model/senml.ts';
import { readPack } from './pack.ts';
import { resolve } from './resolve.ts';

const NOW = 1_764_000_000.5;
/** Records as the RFC writes them: without our note of whether a time was told. */
const resolved = (pack: SenmlPack, now = NOW) => resolve(pack, now).map(({ told, ...record }) => record);

describe('resolving a SenML pack', () => {
  it('applies each base field from its record on, until another takes its place', () => {
    expect(
      resolved([
        { n: 'a', v: 1 },
        { bn: 'x:', bt: 1_700_000_000, bu: 'Cel', bv: 10, n: 'b', v: 2, t: 5 },
        { bn: 'y:', n: 'c', u: '%RH', v: 3 },
        { bv: 20, bs: 1, n: 'd', v: 4, s: 2 },
      ]),
    ).toEqual([
      { n: 'a', t: NOW, v: 1 },
      { n: 'x:b', u: 'Cel', t: 1_700_000_005, v: 12 },
      { n: 'y:c', u: '%RH', t: 1_700_000_000, v: 13 },
      { n: 'y:d', u: 'Cel', t: 1_700_000_000, v: 24, s: 3 },
    ]);
  });

  it.each([
    [0, NOW],
    [-5, NOW - 5],
    [2 ** 28 - 1, NOW + 2 ** 28 - 1],
    [2 ** 28, 2 ** 28],
  ])('takes the time %d by section 4.5.3', (t, expected) => {
    expect(resolve([{ n: 'a', v: 1, t }], NOW)).toEqual([{ n: 'a', v: 1, t: expected, told: t !== 0 }]);
  });

  it('judges base and time by their sum', () => {
    expect(resolved([{ bt: 2 ** 28, t: -1, n: 'a', v: 1 }])).toEqual([{ n: 'a', v: 1, t: NOW + 2 ** 28 - 1 }]);
    expect(resolve([{ bt: 7, t: -7, n: 'a', v: 1 }], NOW)).toMatchObject([{ t: NOW, told: false }]);
  });

  it('takes a missing value or sum as zero where its base is there, but not beside another value', () => {
    expect(
      resolved([
        { bv: 7, n: 'a' },
        { n: 'b', vs: 'x' },
        { n: 'c', vb: false },
        { bs: 2, n: 'd', v: 1 },
      ]),
    ).toEqual([
      { n: 'a', t: NOW, v: 7 },
      { n: 'b', t: NOW, vs: 'x' },
      { n: 'c', t: NOW, vb: false },
      { n: 'd', t: NOW, v: 8, s: 2 },
    ]);
  });

  it('gives a record for each but those of base fields alone', () => {
    expect(resolve([{ bn: 'x', bv: 2 }, {}, { n: 'a' }], NOW)).toHaveLength(2);
  });

  it('equals a resolution record by record, which looks back for each base', () => {
    fc.assert(
      fc.property(fc.array(record), (pack) => {
        expect(resolved(pack)).toEqual(pack.flatMap((_, i) => naive(pack.slice(0, i + 1))));
      }),
      { numRuns: 500 },
    );
  });
});

/** By the words of section 4.5, without state: the last record of a pack. */
function naive(pack: SenmlPack): object[] {
  const own = pack[pack.length - 1] ?? {};
  const base = <Label extends 'bn' | 'bt' | 'bu' | 'bv' | 'bs'>(label: Label) =>
    pack.map((one) => one[label]).findLast((given) => given !== undefined);
  const labels = Object.keys(own);
  if (labels.length > 0 && labels.filter((label) => !label.startsWith('b')).length === 0) return [];
  const time = Number(base('bt') ?? 0) + (own.t ?? 0);
  const sum = (from: string | number | undefined, value: unknown): unknown => {
    if (value === undefined) return from;
    return typeof from === 'number' && typeof value === 'number' ? from + value : value;
  };
  const alone = own.v === undefined && (own.vs ?? own.vb ?? own.vd) !== undefined;
  const all = {
    n: `${base('bn') ?? ''}${own.n ?? ''}`,
    u: own.u ?? base('bu'),
    t: time >= 268_435_456 ? time : NOW + time,
    ut: own.ut,
    v: alone ? undefined : sum(base('bv'), own.v),
    vs: own.vs,
    vb: own.vb,
    vd: own.vd,
    s: sum(base('bs'), own.s),
  };
  return [Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))];
}

const seconds = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 2 ** 28 - 2, max: 2 ** 31 }));
const numbers = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const record: fc.Arbitrary<SenmlPack[number]> = fc.record(
  {
    bn: fc.constantFrom('urn:dev:a:', 'b/', ''),
    bt: seconds,
    bu: fc.constantFrom('Cel', '%RH'),
    bv: numbers,
    bs: numbers,
    n: fc.constantFrom('a', 'b', ''),
    u: fc.constantFrom('m', 'lat'),
    t: seconds,
    ut: seconds,
    v: fc.oneof(numbers, fc.constant('no number')),
    vs: fc.string(),
    vb: fc.boolean(),
    vd: fc.base64String(),
    s: numbers,
  },
  { requiredKeys: [] },
);

describe('a pack', () => {
  it.each([
    [{ e: [] }, 'array'],
    [[7], '0'],
    [[{ n: 1 }], '0.n'],
    [[{ n: 'a', v: 1, t: 'now' }], '0.t'],
    [[{ bver: 11 }], 'bver is 11'],
    [[{ n: 'a', v: 1, must_: true }], 'must_'],
    [JSON.parse('[{"__proto__": 1}]'), '__proto__'],
  ])('is not %j', (value, detail) => {
    expect(readPack(value)).toEqual({ reason: 'malformed-senml', detail: expect.stringContaining(detail) });
  });

  it('may have labels that nobody knows, and a lower version', () => {
    expect(readPack([{ bver: 5, n: 'a', v: 1, l: 'link' }])).toEqual([{ bver: 5, n: 'a', v: 1 }]);
  });
});
