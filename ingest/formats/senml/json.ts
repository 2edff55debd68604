import { isRejection } from '../../rejection.ts';
import type { FormatDecoder } from '../format.ts';
import { parseJsonText } from '../json-text.ts';
import { readPack } from './pack.ts';
import { readingsOf } from './readings.ts';
import { resolve } from './resolve.ts';

/** SenML in JSON (RFC 8428, section 5). Times relative to now are relative to the receipt. */
export const decodeSenml: FormatDecoder = (payload, { received }) => {
  const json = parseJsonText(payload);
  if (isRejection(json)) return json;
  const pack = readPack(json.value);
  return isRejection(pack) ? pack : readingsOf(resolve(pack, received / 1000));
};
