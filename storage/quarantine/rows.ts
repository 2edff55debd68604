import type { Selectable } from 'kysely';
import { instant } from '../../model/observation.ts';
import type { QuarantineItem } from '../../model/quarantine.ts';
import type { QuarantineSchema } from './schema.ts';

export type ItemRow = Selectable<QuarantineSchema['items']>;
export type ItemKey = Pick<ItemRow, 'seq' | 'position'>;
type Details = Pick<
  QuarantineItem,
  'scope' | 'domain' | 'format' | 'truncated' | 'detail' | 'metric' | 'payload' | 'encoding'
>;

/** The numbers of an id `{seq}-{index}`; undefined where it is none. */
export function keyOf(id: string): ItemKey | undefined {
  const [, seq, position] = /^(\d{1,16})-(\d{1,9})$/.exec(id) ?? [];
  if (seq === undefined || position === undefined) return undefined;
  return Number.isSafeInteger(Number(seq)) ? { seq: Number(seq), position: Number(position) } : undefined;
}

/** Throws RangeError where the id or a time is not what the port says. */
export function rowOf(item: QuarantineItem): ItemRow {
  const { id, device, provider, received, reason, replayed, ...details } = item;
  const key = keyOf(id);
  if (key === undefined) throw new RangeError(`a quarantine id is {seq}-{index}: ${id}`);
  return {
    ...key,
    received: timeOf(received),
    device,
    provider,
    reason,
    details: JSON.stringify(details satisfies Details),
    replayed: replayed === null ? null : timeOf(replayed),
  };
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new RangeError(`not an RFC 3339 time: ${text}`);
  return time;
}

/** `details` was written by `rowOf` of a checked item: it is not checked again. */
export function itemOf(row: ItemRow): QuarantineItem {
  // Items kept before topics were have none: they are seen, and not replayed.
  const { domain = '', format = 'json', truncated = false, ...rest }: Details = JSON.parse(row.details);
  const { scope, detail, metric, payload, encoding } = rest;
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
    payload,
    encoding,
    truncated,
    replayed: row.replayed === null ? null : instant(row.replayed),
  };
}
