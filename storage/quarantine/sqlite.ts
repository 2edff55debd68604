import type { Kysely, Transaction } from 'kysely';
import { CodedError } from '../../model/problem.ts';
import type { QuarantineItem } from '../../model/quarantine.ts';
import { batches, yieldToOthers } from '../batches.ts';
import { migrate } from '../migrate.ts';
import { backupSqlite } from '../sqlite/backup.ts';
import { openSqlite, type SqliteOptions } from '../sqlite/open.ts';
import { createBound, deleteOldest } from './bound.ts';
import { claimItems, eraseDevices, releaseItems } from './claim.ts';
import type { QuarantineQuery, QuarantineStore } from './port.ts';
import { type ItemRow, itemOf, keyOf, rowOf } from './rows.ts';
import { QUARANTINE_MIGRATIONS, type QuarantineSchema } from './schema.ts';

export interface SqliteQuarantineOptions extends SqliteOptions {
  /** How many items are kept; 1,000,000 by default. */
  readonly maxItems?: number | undefined;
}

/** Rows of one INSERT: below the 32,766 parameters SQLite takes. */
const BATCH = 500;
/** Rows of one DELETE: others get their turn in between. */
const EXPIRE_BATCH = 5_000;

/**
 * Opens the quarantine in an SQLite file of its own, made where needed. It is bounded: above `maxItems` the oldest by
 * time of receipt go first, within the `put` that brings the newest. One writer for each file; with `readonly` others,
 * in other threads too, read what was committed. What `put` resolved for is on the disk.
 */
export async function openSqliteQuarantine(options: SqliteQuarantineOptions): Promise<QuarantineStore> {
  const db = await openSqlite<QuarantineSchema>(options);
  try {
    if (!options.readonly) await migrate(db, QUARANTINE_MIGRATIONS);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const bound = createBound(options.maxItems ?? 1_000_000);

  return {
    async put(items) {
      if (items.length === 0) return;
      const rows = items.map(rowOf);
      try {
        await db.transaction().execute(async (trx) => bound.keep(trx, await insert(trx, rows)));
      } catch (error) {
        bound.forget();
        throw error;
      }
    },
    list: (query) => list(db, query),
    async get(id) {
      const key = keyOf(id);
      if (!key) return undefined;
      const row = await db
        .selectFrom('items')
        .selectAll()
        .where('seq', '=', key.seq)
        .where('position', '=', key.position)
        .executeTakeFirst();
      return row && itemOf(row);
    },
    async expire(before) {
      for (let expired = 0; ; await yieldToOthers()) {
        const deleted = await deleteOldest(db, EXPIRE_BATCH, before);
        expired += deleted;
        if (deleted < EXPIRE_BATCH) return expired;
      }
    },
    claim: (ids) => claimItems(db, ids, Date.now()),
    release: (ids) => releaseItems(db, ids),
    erase: (devices) => eraseDevices(db, devices),
    backup: (path) => backupSqlite(options.path, path),
    close: () => db.destroy(),
  };
}

/** Answers how many were new. */
async function insert(trx: Transaction<QuarantineSchema>, rows: readonly ItemRow[]): Promise<number> {
  let added = 0n;
  for (const batch of batches(rows, BATCH)) {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('items')
      .values(batch)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    added += numInsertedOrUpdatedRows ?? 0n;
  }
  return Number(added);
}

async function list(db: Kysely<QuarantineSchema>, query: QuarantineQuery): Promise<readonly QuarantineItem[]> {
  let select = db
    .selectFrom('items')
    .selectAll()
    .orderBy('received', 'desc')
    .orderBy('seq', 'desc')
    .orderBy('position', 'desc')
    .limit(query.limit);
  for (const column of ['device', 'provider', 'reason'] as const) {
    const value = query[column];
    if (value !== undefined) select = select.where(column, '=', value);
  }
  if (query.from !== undefined) select = select.where('received', '>=', query.from);
  if (query.to !== undefined) select = select.where('received', '<', query.to);
  if (query.after !== undefined) {
    const key = keyOf(query.after);
    if (!key) throw new CodedError('invalid-cursor');
    const last = await db
      .selectFrom('items')
      .select(['received', 'seq', 'position'])
      .where('seq', '=', key.seq)
      .where('position', '=', key.position)
      .executeTakeFirst();
    // Items go from the old end only: where this one is gone, so is all that stood behind it.
    if (!last) return [];
    select = select.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('received', 'seq', 'position'), '<', tuple(last.received, last.seq, last.position)),
    );
  }
  return (await select.execute()).map(itemOf);
}
