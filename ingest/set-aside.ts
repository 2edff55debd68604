import { instant } from '../model/observation.ts';
import type { SetAside } from '../storage/quarantine/port.ts';
import type { Decoded } from './decode.ts';
import type { Rejection } from './rejection.ts';

// The mark of byte order stays: what is replayed is what was sent.
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The quarantine items of a decoded record, none where all of it held. Ids are `{seq}-{index}`, the same at every decoding. */
export function setAside({ record, rejected, rejections }: Decoded): readonly SetAside[] {
  if (!rejected && rejections.length === 0) return [];
  const base = {
    device: record.device,
    provider: record.provider,
    domain: record.domain,
    format: record.format,
    received: instant(record.received),
    truncated: false,
    ...payloadText(record.payload),
  };
  const item = (index: number, rejection: Rejection, metric: string | null): SetAside => ({
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

/** One text for all items of the message: the store keeps it once. */
function payloadText(payload: Uint8Array): Pick<SetAside, 'payload' | 'encoding'> {
  try {
    return { payload: strict.decode(payload), encoding: 'utf8' };
  } catch {
    return { payload: Buffer.from(payload).toString('base64'), encoding: 'base64' };
  }
}
