import { type Kysely, type Migration, type RawBuilder, sql } from 'kysely';

/** Where the databases differ. */
export interface ColumnTypes {
  /** Text compared byte by byte, so that every list has one order: `text`, in PostgreSQL `text collate "C"`. */
  readonly key: RawBuilder<unknown>;
  /** A number the database counts up: `integer` as SQLite's primary key, in PostgreSQL `bigserial`. */
  readonly serial: RawBuilder<unknown>;
}

export const SQLITE_TYPES: ColumnTypes = { key: sql`text`, serial: sql`integer` };

async function devices(db: Kysely<unknown>, { key }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('providers')
    .addColumn('id', key, (column) => column.primaryKey())
    .addColumn('simulated', 'integer', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('devices')
    .addColumn('id', key, (column) => column.primaryKey())
    .addColumn('domain', key, (column) => column.notNull())
    .addColumn('kind', key, (column) => column.notNull())
    .addColumn('provider', key, (column) => column.notNull().references('providers.id'))
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('simulated', 'integer', (column) => column.notNull())
    .addColumn('lon', 'double precision')
    .addColumn('lat', 'double precision')
    .addColumn('search', 'text', (column) => column.notNull())
    .addColumn('created', 'text', (column) => column.notNull())
    .addColumn('updated', 'text', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .execute();
  // Each ends in the id, so that a filtered page comes out of the index in its order.
  for (const column of ['domain', 'kind', 'provider'])
    await db.schema.createIndex(`devices_${column}`).on('devices').columns([column, 'id']).execute();
  await db.schema.createIndex('devices_place').on('devices').columns(['lon', 'lat']).execute();
  await db.schema
    .createTable('device_tags')
    .addColumn('device', key, (column) => column.notNull().references('devices.id').onDelete('cascade'))
    .addColumn('name', key, (column) => column.notNull())
    .addColumn('value', key, (column) => column.notNull())
    .addPrimaryKeyConstraint('device_tags_key', ['device', 'name'])
    .execute();
  await db.schema.createIndex('device_tags_value').on('device_tags').columns(['name', 'value', 'device']).execute();
  await db.schema
    .createTable('credentials')
    .addColumn('username', key, (column) => column.notNull())
    .addColumn('slot', 'integer', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('created', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('credentials_key', ['username', 'slot'])
    .execute();
}

async function administration(db: Kysely<unknown>, { key, serial }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('areas')
    .addColumn('level', key, (column) => column.notNull())
    .addColumn('id', key, (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('areas_key', ['level', 'id'])
    .execute();
  await db.schema
    .createTable('api_keys')
    .addColumn('id', key, (column) => column.primaryKey())
    .addColumn('created', 'text', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('audits')
    .addColumn('id', serial, (column) => column.primaryKey())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .execute();
}

/** Who was connected when, and when that was last known. */
async function presence(db: Kysely<unknown>, { key }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('presences')
    .addColumn('device', key, (column) => column.primaryKey().references('devices.id').onDelete('cascade'))
    .addColumn('online', 'integer', (column) => column.notNull())
    .addColumn('since', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('presence_clock')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('at', 'text', (column) => column.notNull())
    .execute();
}

/** Of a secret that was replaced: until when it is still good, ms since the epoch. */
async function credentialOverlap(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('credentials').addColumn('until', 'bigint').execute();
}

/** What presence was before, and how it changed. */
async function presenceChanges(db: Kysely<unknown>, { key, serial }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('presence_changes')
    .addColumn('id', serial, (column) => column.primaryKey())
    .addColumn('device', key, (column) => column.notNull().references('devices.id').onDelete('cascade'))
    .addColumn('online', 'integer', (column) => column.notNull())
    .addColumn('since', key, (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('presence_changes_of').on('presence_changes').columns(['device', 'since']).execute();
  await db.schema.createIndex('presence_changes_since').on('presence_changes').column('since').execute();
}

/** Every version of the registry's tables. Append only: what has run somewhere is never changed. */
export function registryMigrations(types: ColumnTypes): Record<string, Migration> {
  return {
    '0001-devices': { up: (db) => devices(db, types) },
    '0002-administration': { up: (db) => administration(db, types) },
    '0003-presence': { up: (db) => presence(db, types) },
    '0004-credential-overlap': { up: credentialOverlap },
    '0005-presence-changes': { up: (db) => presenceChanges(db, types) },
  };
}
