import type { Selectable } from 'kysely';
import { instant } from '../../model/observation.ts';
import type { QuarantineItem } from '../../model/quarantine.ts';
import type { QuarantineSchema } from './schema.ts';

export type ItemRow = Selectable<QuarantineSchema['items']>;
export type ItemKey = Pick<ItemRow, 'seq' | 'position'>;
type Details = Pick<QuarantineItem, 'scope' | 'detail' | 'metric' | 'payload' | 'encoding'>;

/** The numbers of an id `{seq}-{index}`; undefined where it is none. */
export function keyOf(id: string): ItemKey | undefined {
  const [, seq, position] = /^(\d{1,16})-(\d{1,9})$/.exec(id) ?? [];
  if (seq === undefined || position === undefined) return undefined;
  return Number.isSafeInteger(Number(seq)) ? { seq: Number(seq), position: Number(position) } : undefined;
}

/** Throws RangeError where the id or the time of receipt is not what the port says. */
export function rowOf(item: QuarantineItem): ItemRow {
  const { id, device, provider, received, reason, ...details } = item;
  const key = keyOf(id);
  const time = Date.parse(received);
  if (key === undefined) throw new RangeError(`a quarantine id is {seq}-{index}: ${id}`);
  if (Number.isNaN(time)) throw new RangeError(`not an RFC 3339 time: ${received}`);
  return { ...key, received: time, device, provider, reason, details: JSON.stringify(details satisfies Details) };
}

/** `details` was written by `rowOf` of a checked item: it is not checked again. */
export function itemOf(row: ItemRow): QuarantineItem {
  const { scope, detail, metric, payload, encoding }: Details = JSON.parse(row.details);
  return {
    id: `${row.seq}-${row.position}`,
    scope,
    device: row.device,
    provider: row.provider,
    received: instant(row.received),
    reason: row.reason,
    detail,
    metric,
    payload,
    encoding,
  };
}
