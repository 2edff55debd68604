import { instant } from '../model/observation.ts';
import type { QuarantineItem } from '../model/quarantine.ts';
import type { Decoded } from './decode.ts';
import type { Rejection } from './rejection.ts';

/** Enough to see what a device sent; the journal keeps the whole for its hours. */
const PAYLOAD_BYTES = 8_192;
const strict = new TextDecoder('utf-8', { fatal: true });

/** The quarantine items of a decoded record, none where all of it held. Ids are `{seq}-{index}`, the same at every decoding. */
export function setAside({ record, rejected, rejections }: Decoded): readonly QuarantineItem[] {
  if (!rejected && rejections.length === 0) return [];
  const base = {
    device: record.device,
    provider: record.provider,
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
  });
  if (rejected) return [item(0, rejected, null)];
  return rejections.map((rejection, index) => item(index, rejection, rejection.metric));
}

function payloadText(payload: Uint8Array): Pick<QuarantineItem, 'payload' | 'encoding'> {
  try {
    return { payload: strict.decode(payload).slice(0, PAYLOAD_BYTES), encoding: 'utf8' };
  } catch {
    return { payload: Buffer.from(payload).subarray(0, PAYLOAD_BYTES).toString('base64'), encoding: 'base64' };
  }
}
