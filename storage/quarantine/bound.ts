import type { Kysely, Transaction } from 'kysely';
import type { QuarantineSchema } from './schema.ts';

/** Full, it is emptied by this much more than need be, so that counting a million items stays rare. */
const SLACK = 0.01;

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

export interface Bound {
  /** To be called in the transaction that added so many items. */
  keep(trx: Transaction<QuarantineSchema>, added: number): Promise<void>;
  /** The transaction came to nothing: count anew. */
  forget(): void;
}

/** Keeps the quarantine to `maxItems` by a count carried along, which is never too low: others only delete. */
export function createBound(maxItems: number): Bound {
  if (!(maxItems >= 1)) throw new RangeError('maxItems is at least 1');
  let atMost: number | undefined;

  async function keep(trx: Transaction<QuarantineSchema>, added: number): Promise<void> {
    if (atMost !== undefined) atMost += added;
    if (atMost !== undefined && atMost <= maxItems) return;
    const { count } = await trx
      .selectFrom('items')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    if (count <= maxItems) {
      atMost = count;
      return;
    }
    const kept = Math.ceil(maxItems * (1 - SLACK));
    await deleteOldest(trx, count - kept);
    atMost = kept;
  }

  return {
    keep,
    forget() {
      atMost = undefined;
    },
  };
}
