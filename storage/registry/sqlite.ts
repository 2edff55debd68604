import { migrate } from '../migrate.ts';
import { backupSqlite } from '../sqlite/backup.ts';
import { openSqlite, type SqliteOptions } from '../sqlite/open.ts';
import { registryMigrations, SQLITE_TYPES } from './migrations.ts';
import type { Registry } from './port.ts';
import { createRegistry } from './registry.ts';
import type { RegistrySchema } from './schema.ts';

/**
 * Opens the registry in an SQLite file, made and brought to the newest version where needed. One writer for each
 * file; with `readonly` any number of others, in other threads too, read what was committed. Rejects where the file
 * cannot be opened, is no database, or was written by a newer version.
 */
export async function openSqliteRegistry(options: SqliteOptions): Promise<Registry> {
  const { path } = options;
  const backup = (into: string) => backupSqlite(path, into);
  if (options.readonly) {
    const db = await openSqlite<RegistrySchema>({ path, readonly: true });
    return createRegistry(db, db, backup);
  }
  const writer = await openSqlite<RegistrySchema>({ path });
  try {
    await migrate(writer, registryMigrations(SQLITE_TYPES));
    return createRegistry(await openSqlite<RegistrySchema>({ path, readonly: true }), writer, backup);
  } catch (error) {
    await writer.destroy();
    throw error;
  }
}
