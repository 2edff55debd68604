import { instant } from '../model/observation.ts';
import type { QuarantineItem } from '../model/quarantine.ts';
import type { Decoded } from './decode.ts';
import type { Rejection } from './rejection.ts';

/** Enough to see what a device sent; the journal keeps the whole for its hours. */
const PAYLOAD_BYTES = 8_192;
// The mark of byte order stays: what is replayed is what was sent.
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The quarantine items of a decoded record, none where all of it held. Ids are `{seq}-{index}`, the same at every decoding. */
export function setAside({ record, rejected, rejections }: Decoded): readonly QuarantineItem[] {
  if (!rejected && rejections.length === 0) return [];
  const base = {
    device: record.device,
    provider: record.provider,
    domain: record.domain,
    format: record.format,
    received: instant(record.received),
    ...payloadText(record.payload),
  };
  const item = (index: number, rejection: Rejection, metric: string | null): QuarantineItem => ({
    id: `${record.seq}-${index}`,
    scope: metric === null ? 'message' : 'observation',
    ...base,
    reason: rejection.reason,
    detail: rejection.detail.slice(0, 500),
    metric: metric?.slice(0, 100) ?? null,
    replayed: null,
  });
  if (rejected) return [item(0, rejected, null)];
  return rejections.map((rejection, index) => item(index, rejection, rejection.metric));
}

function payloadText(payload: Uint8Array): Pick<QuarantineItem, 'payload' | 'encoding' | 'truncated'> {
  try {
    const text = strict.decode(payload);
    return { payload: text.slice(0, PAYLOAD_BYTES), encoding: 'utf8', truncated: text.length > PAYLOAD_BYTES };
  } catch {
    const kept = Buffer.from(payload).subarray(0, PAYLOAD_BYTES);
    return { payload: kept.toString('base64'), encoding: 'base64', truncated: payload.length > PAYLOAD_BYTES };
  }
}
