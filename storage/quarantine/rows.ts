import type { Selectable } from 'kysely';
import { instant } from '../../model/observation.ts';
import type { QuarantineItem } from '../../model/quarantine.ts';
import type { KeptMessage, SetAside } from './port.ts';
import type { QuarantineSchema } from './schema.ts';

export type ItemRow = Selectable<QuarantineSchema['items']>;
export type ItemKey = Pick<ItemRow, 'seq' | 'position'>;
/** An item with its message, or the beginning of it. */
export interface FullRow extends ItemRow {
  /** Null for items of versions that kept it in `details`. */
  readonly kept: ArrayBuffer | null;
  readonly bytes: number | null;
}

/** What has no column. `payload` and `truncated` are of versions that kept the message with each item. */
type Details = Pick<QuarantineItem, 'scope' | 'detail' | 'metric' | 'encoding'> &
  Partial<Pick<QuarantineItem, 'domain' | 'format' | 'payload' | 'truncated'>>;

/** The numbers of an id `{seq}-{index}`; undefined where it is none. */
export function keyOf(id: string): ItemKey | undefined {
  const [, seq, position] = /^(\d{1,16})-(\d{1,9})$/.exec(id) ?? [];
  if (seq === undefined || position === undefined) return undefined;
  return Number.isSafeInteger(Number(seq)) ? { seq: Number(seq), position: Number(position) } : undefined;
}

/** Throws RangeError where the id or a time is not what the port says. */
export function rowOf(item: SetAside): ItemRow {
  const { id, device, provider, received, reason, scope, domain, format, detail, metric, encoding, truncated } = item;
  const key = keyOf(id);
  if (key === undefined) throw new RangeError(`a quarantine id is {seq}-{index}: ${id}`);
  const time = Date.parse(received);
  if (Number.isNaN(time)) throw new RangeError(`not an RFC 3339 time: ${received}`);
  const details: Details = { scope, domain, format, detail, metric, encoding, ...(truncated && { truncated }) };
  return {
    ...key,
    received: time,
    device,
    provider,
    reason,
    details: JSON.stringify(details),
    ...{ replayed: null, claimed: null, dismissed: null },
  };
}

const time = (ms: number | null): string | null => (ms === null ? null : instant(ms));

/** `details` was written by `rowOf` of a checked item: it is not checked again. */
export function itemOf(row: FullRow): QuarantineItem {
  // Items kept before topics were have none: they are seen, and not replayed.
  const { domain = '', format = 'json', truncated = false, ...rest }: Details = JSON.parse(row.details);
  const { scope, detail, metric, payload = '', encoding } = rest;
  const whole = row.kept === null && !truncated ? Buffer.byteLength(payload, encoding) : row.bytes;
  return {
    id: `${row.seq}-${row.position}`,
    scope,
    device: row.device,
    provider: row.provider,
    domain,
    format,
    received: instant(row.received),
    reason: row.reason,
    detail,
    metric,
    payload: row.kept === null ? payload : textOf(row.kept, encoding),
    encoding,
    bytes: whole,
    truncated,
    replayed: time(row.replayed),
    dismissed: time(row.dismissed),
  };
}

/** The message of any of its items. */
export function messageOf(row: FullRow): KeptMessage {
  const { domain = '', format = 'json', truncated = false, payload = '', encoding }: Details = JSON.parse(row.details);
  const { seq, device, provider, received, kept } = row;
  return {
    seq,
    device,
    provider,
    domain,
    format,
    received,
    truncated,
    payload: kept === null ? Buffer.from(payload, encoding) : new Uint8Array(kept),
  };
}

/** A character that the cut of a list fell into is left out; the mark of byte order stays. */
function textOf(bytes: ArrayBuffer, encoding: QuarantineItem['encoding']): string {
  if (encoding === 'base64') return Buffer.from(bytes).toString('base64');
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
}
