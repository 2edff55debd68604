import { type Kysely, sql, type Transaction } from 'kysely';
import type { QuarantineSchema } from './schema.ts';

/** Full, it is emptied by this much more than need be, so that making room stays rare. */
const SLACK = 0.01;
/** Items that go before the bytes are looked at again. */
const STEP = 1_000;

/** How much is kept. */
export interface Bound {
  readonly items: number;
  /** Of payloads. */
  readonly bytes: number;
}

/** Deletes at most `limit` items, the oldest first, of those received before (ms); answers how many. */
export async function deleteOldest(
  db: Kysely<QuarantineSchema>,
  limit: number,
  before = Number.MAX_SAFE_INTEGER,
): Promise<number> {
  const oldest = db
    .selectFrom('items')
    .select(['seq', 'position'])
    .where('received', '<', before)
    .orderBy('received')
    .orderBy('seq')
    .orderBy('position')
    .limit(limit);
  const { numDeletedRows } = await db
    .deleteFrom('items')
    .where(({ eb, refTuple }) => eb(refTuple('seq', 'position'), 'in', oldest.$asTuple('seq', 'position')))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

export async function readTotals(db: Kysely<QuarantineSchema>) {
  const rows = await db.selectFrom('totals').selectAll().execute();
  const of = (name: string) => rows.find((row) => row.name === name)?.n ?? 0;
  return { items: of('items'), bytes: of('bytes'), dropped: of('dropped') };
}

/** Makes room in the transaction that added something: above the bound the oldest items go first, and are counted as dropped. */
export async function keepBound(trx: Transaction<QuarantineSchema>, bound: Bound): Promise<void> {
  let { items, bytes } = await readTotals(trx);
  if (items <= bound.items && bytes <= bound.bytes) return;
  const most = { items: Math.ceil(bound.items * (1 - SLACK)), bytes: Math.ceil(bound.bytes * (1 - SLACK)) };
  let dropped = 0;
  while (items > most.items || bytes > most.bytes) {
    // Of what is too much in bytes as many items as hold it on average; what they held is known when they are gone.
    const surplus = Math.max(items - most.items, Math.ceil((items * (bytes - most.bytes)) / Math.max(bytes, 1)));
    const deleted = await deleteOldest(trx, Math.min(Math.max(surplus, 1), STEP));
    if (deleted === 0) break;
    dropped += deleted;
    ({ items, bytes } = await readTotals(trx));
  }
  await trx
    .updateTable('totals')
    .set({ n: sql`n + ${dropped}` })
    .where('name', '=', 'dropped')
    .execute();
}
