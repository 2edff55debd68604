import type { Kysely } from 'kysely';
import { batches, yieldToOthers } from '../batches.ts';
import type { Claim, ClaimedMessage } from './port.ts';
import { keyOf } from './rows.ts';
import type { QuarantineSchema } from './schema.ts';

type Db = Kysely<QuarantineSchema>;

/** Messages of one statement: each is a parameter of it. */
const CLAIMED = 500;
/** Items of one DELETE: others get their turn in between. */
const ERASED = 1_000;

/** As QuarantineStore.claim. One statement finds and marks, so that each message is one claimant's. */
export async function claimMessages(db: Db, seqs: readonly number[], head: number): Promise<readonly ClaimedMessage[]> {
  const claimed = new Map<number, number>();
  for (const batch of batches([...new Set(seqs)], CLAIMED)) {
    const taken = db
      .selectFrom('items')
      .select('seq')
      .where('seq', 'in', batch)
      .where(({ eb, or }) => or([eb('claimed', 'is not', null), eb('replayed', 'is not', null)]));
    const rows = await db
      .updateTable('items')
      .set({ claimed: head })
      .where('seq', 'in', batch)
      .where('dismissed', 'is', null)
      .where('seq', 'not in', taken)
      .returning('seq')
      .execute();
    for (const { seq } of rows) claimed.set(seq, (claimed.get(seq) ?? 0) + 1);
    await yieldToOthers();
  }
  return [...claimed].map(([seq, items]) => ({ seq, items })).sort((a, b) => a.seq - b.seq);
}

/** As QuarantineStore.claims. */
export async function openClaims(db: Db): Promise<readonly Claim[]> {
  const rows = await db
    .selectFrom('items')
    .select(['seq', 'claimed'])
    .distinct()
    .where('claimed', 'is not', null)
    .orderBy('claimed')
    .orderBy('seq')
    .execute();
  return rows.map(({ seq, claimed }) => ({ seq, head: claimed ?? 0 }));
}

/** Ends claims: `replayed` (ms) is when the messages went into the journal, null where they did not. */
export async function settleMessages(db: Db, seqs: readonly number[], replayed: number | null): Promise<void> {
  for (const batch of batches(seqs, CLAIMED)) {
    await db
      .updateTable('items')
      .set({ claimed: null, replayed })
      .where('seq', 'in', batch)
      .where('claimed', 'is not', null)
      .execute();
    await yieldToOthers();
  }
}

/** As QuarantineStore.dismiss; `now` (ms) is when. */
export async function dismissItem(db: Db, id: string, now: number): Promise<boolean> {
  const key = keyOf(id);
  if (!key) return false;
  const { numUpdatedRows } = await db
    .updateTable('items')
    .set({ dismissed: now })
    .where('seq', '=', key.seq)
    .where('position', '=', key.position)
    .where('replayed', 'is', null)
    .where('claimed', 'is', null)
    .where('dismissed', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
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
