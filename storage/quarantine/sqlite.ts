import type { Kysely, Transaction } from 'kysely';
import { batches, yieldToOthers } from '../batches.ts';
import { migrate } from '../migrate.ts';
import { backupSqlite } from '../sqlite/backup.ts';
import { openSqlite, type SqliteOptions } from '../sqlite/open.ts';
import { type Bound, deleteOldest, keepBound, readTotals } from './bound.ts';
import { claimMessages, dismissItem, eraseDevices, openClaims, settleMessages } from './claim.ts';
import { listItems } from './list.ts';
import type { QuarantineStore, SetAside } from './port.ts';
import { itemOf, keyOf, messageOf, rowOf } from './rows.ts';
import { QUARANTINE_MIGRATIONS, type QuarantineSchema } from './schema.ts';
import { summarise } from './summary.ts';

export interface SqliteQuarantineOptions extends SqliteOptions {
  /** How many items are kept; 1,000,000 by default. */
  readonly maxItems?: number | undefined;
  /** How many bytes of payloads are kept; 2 GiB by default. */
  readonly maxBytes?: number | undefined;
}

/** Rows of one INSERT: below the 32,766 parameters SQLite takes. */
const BATCH = 500;
/** Rows of one DELETE: others get their turn in between. */
const EXPIRE_BATCH = 1_000;

/**
 * Opens the quarantine in an SQLite file of its own, made where needed. It is bounded: above `maxItems` or `maxBytes` the
 * oldest by time of receipt go first, within the `put` that brings the newest. Writers of one file wait for each other;
 * with `readonly` others, in other threads too, read what was committed. What `put` resolved for is on the disk.
 */
export async function openSqliteQuarantine(options: SqliteQuarantineOptions): Promise<QuarantineStore> {
  const bound: Bound = { items: options.maxItems ?? 1_000_000, bytes: options.maxBytes ?? 2 ** 31 };
  if (!(bound.items >= 1 && bound.bytes >= 1)) throw new RangeError('maxItems and maxBytes are at least 1');
  const db = await openSqlite<QuarantineSchema>(options);
  try {
    if (!options.readonly) await migrate(db, QUARANTINE_MIGRATIONS);
  } catch (error) {
    await db.destroy();
    throw error;
  }

  return {
    async put(items) {
      if (items.length === 0) return;
      await db.transaction().execute(async (trx) => {
        await insert(trx, items);
        await keepBound(trx, bound);
      });
    },
    list: (query) => listItems(db, query),
    async get(id) {
      const key = keyOf(id);
      const row =
        key &&
        (await withMessage(db)
          .where('items.seq', '=', key.seq)
          .where('position', '=', key.position)
          .executeTakeFirst());
      return row && itemOf({ ...row, bytes: row.kept?.byteLength ?? null });
    },
    async message(seq) {
      const row = await withMessage(db).where('items.seq', '=', seq).limit(1).executeTakeFirst();
      return row && messageOf({ ...row, bytes: null });
    },
    summary: (filters, top) => summarise(db, filters, top),
    totals: () => readTotals(db),
    async expire(before) {
      for (let expired = 0; ; await yieldToOthers()) {
        const deleted = await deleteOldest(db, EXPIRE_BATCH, before);
        expired += deleted;
        if (deleted < EXPIRE_BATCH) return expired;
      }
    },
    claim: (seqs, head) => claimMessages(db, seqs, head),
    claims: () => openClaims(db),
    complete: (seqs) => settleMessages(db, seqs, Date.now()),
    release: (seqs) => settleMessages(db, seqs, null),
    dismiss: (id) => dismissItem(db, id, Date.now()),
    erase: (devices) => eraseDevices(db, devices),
    backup: (path) => backupSqlite(options.path, path),
    close: () => db.destroy(),
  };
}

const withMessage = (db: Kysely<QuarantineSchema>) =>
  db
    .selectFrom('items')
    .leftJoin('messages', 'messages.seq', 'items.seq')
    .selectAll('items')
    .select('messages.payload as kept');

/** Each message once, before its items: whoever finds one finds the other. */
async function insert(trx: Transaction<QuarantineSchema>, items: readonly SetAside[]): Promise<void> {
  const rows = items.map(rowOf);
  const messages = new Map<number, Uint8Array>();
  for (const [i, { seq }] of rows.entries()) {
    const item = items[i];
    if (item && !messages.has(seq)) messages.set(seq, Buffer.from(item.payload, item.encoding));
  }
  for (const batch of batches([...messages], BATCH))
    await trx
      .insertInto('messages')
      .values(batch.map(([seq, payload]) => ({ seq, payload })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  for (const batch of batches(rows, BATCH))
    await trx
      .insertInto('items')
      .values(batch)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}
