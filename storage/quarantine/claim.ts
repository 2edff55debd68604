import type { ExpressionBuilder, Kysely } from 'kysely';
import type { QuarantineItem } from '../../model/quarantine.ts';
import { batches, yieldToOthers } from '../batches.ts';
import { type ItemKey, type ItemRow, itemOf, keyOf } from './rows.ts';
import type { QuarantineSchema } from './schema.ts';

type Db = Kysely<QuarantineSchema>;

/** Items of one UPDATE: well below what SQLite takes as parameters. */
const CLAIMED = 400;
/** Rows of one DELETE: others get their turn in between. */
const ERASED = 5_000;

/** As QuarantineStore.claim; `now` (ms) is when they are replayed. One statement finds and marks, so none is claimed twice. */
export async function claimItems(db: Db, ids: readonly string[], now: number): Promise<readonly QuarantineItem[]> {
  const claimed: ItemRow[] = [];
  for (const batch of batches(keysOf(ids), CLAIMED)) {
    const rows = await db
      .updateTable('items')
      .set({ replayed: now })
      .where('replayed', 'is', null)
      .where(({ eb, refTuple, tuple }) =>
        eb(
          refTuple('seq', 'position'),
          'in',
          batch.map(({ seq, position }) => tuple(seq, position)),
        ),
      )
      .returningAll()
      .execute();
    claimed.push(...rows);
    await yieldToOthers();
  }
  return claimed.sort((a, b) => a.seq - b.seq || a.position - b.position).map(itemOf);
}

/** As QuarantineStore.release. */
export async function releaseItems(db: Db, ids: readonly string[]): Promise<void> {
  for (const batch of batches(keysOf(ids), CLAIMED)) {
    const keys = ({ eb, refTuple, tuple }: ExpressionBuilder<QuarantineSchema, 'items'>) =>
      eb(
        refTuple('seq', 'position'),
        'in',
        batch.map(({ seq, position }) => tuple(seq, position)),
      );
    await db.updateTable('items').set({ replayed: null }).where(keys).execute();
    await yieldToOthers();
  }
}

/** The keys behind the ids, each once; what is no id has none. */
function keysOf(ids: readonly string[]): readonly ItemKey[] {
  const keys = new Map<string, ItemKey>();
  for (const id of ids) {
    const key = keyOf(id);
    if (key) keys.set(`${key.seq}-${key.position}`, key);
  }
  return [...keys.values()];
}

/** As QuarantineStore.erase. */
export async function eraseDevices(db: Db, devices: readonly string[]): Promise<number> {
  let erased = 0;
  for (const device of new Set(devices)) {
    const some = db.selectFrom('items').select(['seq', 'position']).where('device', '=', device).limit(ERASED);
    for (let more = true; more; await yieldToOthers()) {
      const { numDeletedRows } = await db
        .deleteFrom('items')
        .where(({ eb, refTuple }) => eb(refTuple('seq', 'position'), 'in', some.$asTuple('seq', 'position')))
        .executeTakeFirst();
      erased += Number(numDeletedRows);
      more = Number(numDeletedRows) === ERASED;
    }
  }
  return erased;
}
