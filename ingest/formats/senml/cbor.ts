import { type DecodeOptions, decode } from 'cborg';
import { isRejection, type Rejection } from '../../rejection.ts';
import type { FormatDecoder } from '../format.ts';
import { RECORDS_AT_MOST, readPack, tooManyRecords } from './pack.ts';
import { readingsOf } from './readings.ts';
import { resolve } from './resolve.ts';

/** Labels of RFC 8428, table 4. */
const LABELS: ReadonlyMap<unknown, string> = new Map([
  [-1, 'bver'],
  [-2, 'bn'],
  [-3, 'bt'],
  [-4, 'bu'],
  [-5, 'bv'],
  [-6, 'bs'],
  [0, 'n'],
  [1, 'u'],
  [2, 'v'],
  [3, 'vs'],
  [4, 'vb'],
  [5, 's'],
  [6, 't'],
  [7, 'ut'],
  [8, 'vd'],
]);

const DECIMAL_FRACTION = 4;

/** Lengths may be written long and containers without a length: RFC 8428 asks for no canonical form. */
const OPTIONS: DecodeOptions = {
  useMaps: true,
  rejectDuplicateMapKeys: true,
  allowUndefined: false,
  tags: { [DECIMAL_FRACTION]: (content) => decimal(content()) },
};

/** SenML in CBOR (RFC 8428, section 6): the same records under integer labels, labels of extensions as text. */
export const decodeSenmlCbor: FormatDecoder = (payload, { received }) => {
  const announced = lengthOf(payload);
  if (announced > RECORDS_AT_MOST && announced < payload.length) return tooManyRecords();
  const records = parse(payload);
  if (isRejection(records)) return records;
  const pack = readPack(records.value);
  return isRejection(pack) ? pack : readingsOf(resolve(pack, received / 1000));
};

/** The length that the payload announces of its array; 0 where it announces none, or is of something else. */
function lengthOf(payload: Uint8Array): number {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  if (payload[0] === 0x99 && payload.length > 2) return view.getUint16(1);
  if (payload[0] === 0x9a && payload.length > 4) return view.getUint32(1);
  return 0;
}

function parse(payload: Uint8Array): { readonly value: unknown } | Rejection {
  try {
    const value: unknown = decode(payload, OPTIONS);
    return { value: Array.isArray(value) ? value.map(labelled) : value };
  } catch (error) {
    // A packet may hold more levels than the stack: cborg descends, and V8 ends it.
    const detail = error instanceof Error && !(error instanceof RangeError) ? error.message : 'nested too deeply';
    return { reason: 'malformed-cbor', detail };
  }
}

/** A record's map as an object with the labels of JSON. */
function labelled(record: unknown): unknown {
  if (!(record instanceof Map)) return record;
  // No prototype: a label may be anything.
  const fields: Record<string, unknown> = Object.create(null);
  for (const [key, value] of record) {
    const label = LABELS.get(key) ?? (typeof key === 'string' ? key : undefined);
    // An integer that is not in the table means nothing yet: it is ignored like any label that is not known.
    if (label === undefined) continue;
    if (label in fields) throw new Error(`${label} is given twice`);
    // Integers beyond 2^53 become the nearest double, as every SenML number is one.
    fields[label] = typeof value === 'bigint' ? Number(value) : value;
  }
  return fields;
}

/** RFC 8949, section 3.4.4: [exponent, mantissa]. */
function decimal(content: unknown): number {
  const [exponent, mantissa, ...more] = Array.isArray(content) ? content : [];
  const whole = typeof mantissa === 'bigint' || (typeof mantissa === 'number' && Number.isInteger(mantissa));
  if (!whole || typeof exponent !== 'number' || !Number.isInteger(exponent) || more.length > 0)
    throw new Error('a decimal fraction is [exponent, mantissa]');
  return Number(`${mantissa}e${exponent}`);
}
