import { type Kysely, type Migration, sql } from 'kysely';
import type { Reason } from '../../model/reason.ts';

/** What is searched or ordered by has a column; the rest is JSON as text, which also carries U+0000. */
export interface QuarantineSchema {
  items: {
    /** Journal sequence number and index within the message: the id. */
    seq: number;
    position: number;
    /** ms since the epoch. */
    received: number;
    device: string;
    provider: string;
    reason: Reason;
    details: string;
    /** ms since the epoch. */
    replayed: number | null;
  };
}

async function items(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('items')
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('received', 'integer', (column) => column.notNull())
    .addColumn('device', 'text', (column) => column.notNull())
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('items_key', ['seq', 'position'])
    // The key is the table: one tree less to write for each item.
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema.createIndex('items_received').on('items').columns(['received', 'seq', 'position']).execute();
  for (const column of ['device', 'provider', 'reason'])
    await db.schema
      .createIndex(`items_${column}`)
      .on('items')
      .columns([column, 'received', 'seq', 'position'])
      .execute();
}

async function replayed(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('items').addColumn('replayed', 'integer').execute();
}

/** Every version of the quarantine's table. Append only: what has run somewhere is never changed. */
export const QUARANTINE_MIGRATIONS: Record<string, Migration> = {
  '0001-items': { up: (db) => items(db) },
  '0002-replayed': { up: (db) => replayed(db) },
};
