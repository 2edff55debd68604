import { type Kysely, type Migration, Migrator } from 'kysely';

/**
 * Brings a database to the newest version of its static list of migrations, each in the order of its name and all in
 * one transaction. Rejects where one fails, and where the database was written by a newer version of the city.
 */
export async function migrate<Schema>(db: Kysely<Schema>, migrations: Record<string, Migration>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error(String(error));
}
