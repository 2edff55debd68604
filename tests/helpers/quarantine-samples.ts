import fc from 'fast-check';
import { QuarantineItem } from '../../model/quarantine.ts';
import { REASONS } from '../../model/reason.ts';
import { naughtyText } from './registry-samples.ts';

/** 2026-01-01T00:00:00Z. */
export const NEW_YEAR = Date.UTC(2026, 0, 1);

const MESSAGE = '{"values": {"mean_speed": 900}}';

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
    payload: MESSAGE,
    encoding: 'utf8',
    bytes: MESSAGE.length,
    truncated: false,
    replayed: null,
    dismissed: null,
    ...parts,
  };
}

const reasons = Object.keys(REASONS);

/** What a message of the journal at this place says: text, or bytes that are none. It is the same for all of its items. */
function messageAt(seq: number): Pick<QuarantineItem, 'payload' | 'encoding' | 'bytes'> {
  if (seq % 3 === 0) {
    const bytes = Buffer.from([0xff, 0x00, seq % 251]);
    return { payload: bytes.toString('base64'), encoding: 'base64', bytes: 3 };
  }
  const payload = `{"n": ${seq}, "\0": "\u{1f6b2} xe đạp"}`;
  return { payload, encoding: 'utf8', bytes: Buffer.byteLength(payload) };
}

/** Any item the model allows, as ingest sets it aside. */
export const anyItem: fc.Arbitrary<QuarantineItem> = fc
  .record({
    seq: fc.oneof(fc.nat(200), fc.maxSafeNat()),
    index: fc.nat(10_000),
    scope: fc.constantFrom('message', 'observation'),
    device: fc.constantFrom('counter-1', 'counter-2', 'bus-7'),
    provider: fc.constantFrom('hanoi', 'transerco'),
    domain: fc.constantFrom('traffic', 'health'),
    format: fc.constantFrom('json', 'senml', 'line'),
    received: fc.nat(5).map((seconds) => new Date(NEW_YEAR + seconds * 1_000).toISOString()),
    reason: fc.constantFrom(...reasons),
    detail: naughtyText(60),
    metric: fc.option(fc.constant('mean_speed')),
  })
  .map(({ seq, index, ...given }) =>
    QuarantineItem.parse({
      ...given,
      id: `${seq}-${index}`,
      ...messageAt(seq),
      ...{ truncated: false, replayed: null, dismissed: null },
    }),
  );
