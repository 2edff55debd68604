import type { Format } from '../model/topic.ts';

const UNITS = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds'] as const;
type Unit = (typeof UNITS)[number];

const EXPECTED: Readonly<Partial<Record<Format, Unit>>> = {
  json: 'milliseconds',
  senml: 'seconds',
  'senml-cbor': 'seconds',
  line: 'nanoseconds',
};

/**
 * Says where a time (ms) that is far off would be a present one in another unit than the format's, which is the fault
 * that devices' makers make most; undefined where it would not.
 */
export function otherUnit(
  time: number,
  { received, format }: { readonly received: number; readonly format: Format },
  /** ms before the receipt that count as present. */
  within: number,
): string | undefined {
  const expected = EXPECTED[format];
  if (expected === undefined) return undefined;
  const looksLike = UNITS.find((_, i) => {
    const ms = time * 1_000 ** (UNITS.indexOf(expected) - i);
    return Math.abs(received - ms) <= within;
  });
  return looksLike && looksLike !== expected ? `the time looks like ${looksLike}; ${expected} are expected` : undefined;
}
