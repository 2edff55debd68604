import { type ColumnType, type Kysely, type Migration, sql } from 'kysely';
import type { Reason } from '../../model/reason.ts';
import { COUNTING, FIRST_COUNT } from './counting.ts';

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
    /** Head of the journal when somebody took the message to replay it, until it is settled. */
    claimed: number | null;
    /** ms since the epoch. */
    dismissed: number | null;
  };
  /** What was received, whole, once for all of its items. Items of earlier versions have none: theirs is in `details`. */
  messages: { seq: number; payload: ColumnType<ArrayBuffer, Uint8Array> };
  /** How many items there are of each, kept by triggers. */
  counts: { device: string; provider: string; reason: Reason; state: string; n: number };
  /** `items`, `bytes` (of payloads) and `dropped`, kept by triggers and by the bound. */
  totals: { name: string; n: number };
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

/** Items of before keep their payload where it was, until they expire. */
async function messages(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('items').addColumn('claimed', 'integer').execute();
  await db.schema.alterTable('items').addColumn('dismissed', 'integer').execute();
  await sql`create index items_claimed on items (claimed, seq) where claimed is not null`.execute(db);
  await db.schema
    .createTable('messages')
    .addColumn('seq', 'integer', (column) => column.primaryKey())
    .addColumn('payload', 'blob', (column) => column.notNull())
    .execute();
  for (const statement of [...COUNTING, ...FIRST_COUNT]) await sql.raw(statement).execute(db);
}

/** Every version of the quarantine's tables. Append only: what has run somewhere is never changed. */
export const QUARANTINE_MIGRATIONS: Record<string, Migration> = {
  '0001-items': { up: (db) => items(db) },
  '0002-replayed': { up: (db) => replayed(db) },
  '0003-messages': { up: (db) => messages(db) },
};
