import fc from 'fast-check';
import { QuarantineItem } from '../../model/quarantine.ts';
import { REASONS } from '../../model/reason.ts';
import { naughtyText } from './registry-samples.ts';

/** 2026-01-01T00:00:00Z. */
export const NEW_YEAR = Date.UTC(2026, 0, 1);

/** Received `seq` seconds after the new year, unless told. */
export function item(seq: number, index = 0, parts: Partial<QuarantineItem> = {}): QuarantineItem {
  return {
    id: `${seq}-${index}`,
    scope: 'observation',
    device: 'counter-1',
    provider: 'hanoi',
    domain: 'traffic',
    format: 'json',
    received: new Date(NEW_YEAR + seq * 1_000).toISOString(),
    reason: 'out-of-range',
    detail: 'mean_speed 900 km/h is above 300 km/h',
    metric: 'mean_speed',
    payload: '{"values": {"mean_speed": 900}}',
    encoding: 'utf8',
    truncated: false,
    replayed: null,
    ...parts,
  };
}

const reasons = Object.keys(REASONS);

/** Any item the model allows. */
export const anyItem: fc.Arbitrary<QuarantineItem> = fc
  .record({
    id: fc.tuple(fc.oneof(fc.nat(200), fc.maxSafeNat()), fc.nat(10_000)).map(([seq, index]) => `${seq}-${index}`),
    scope: fc.constantFrom('message', 'observation'),
    device: fc.constantFrom('counter-1', 'counter-2', 'bus-7'),
    provider: fc.constantFrom('hanoi', 'transerco'),
    domain: fc.constantFrom('traffic', 'health'),
    format: fc.constantFrom('json', 'senml', 'line'),
    received: fc.nat(5).map((seconds) => new Date(NEW_YEAR + seconds * 1_000).toISOString()),
    reason: fc.constantFrom(...reasons),
    detail: naughtyText(60),
    metric: fc.option(fc.constant('mean_speed')),
    payload: naughtyText(200),
    encoding: fc.constantFrom('utf8', 'base64'),
    truncated: fc.boolean(),
    replayed: fc.option(fc.nat(5).map((seconds) => new Date(NEW_YEAR + seconds * 1_000).toISOString())),
  })
  .map((given) => QuarantineItem.parse(given));
