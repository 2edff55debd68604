import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqlite } from './open.ts';

interface Schema {
  things: { id: string; value: unknown };
}

describe('an SQLite file through Kysely', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nhip-'));
    path = join(directory, 'things.db');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function withThings(run: (db: Awaited<ReturnType<typeof openSqlite<Schema>>>) => Promise<void>): Promise<void> {
    const db = await openSqlite<Schema>({ path });
    try {
      await sql`create table things (id text primary key, value)`.execute(db);
      await run(db);
    } finally {
      await db.destroy();
    }
  }

  test('values the driver would fall over are stored all the same', () =>
    withThings(async (db) => {
      const values = [true, false, null, undefined, 'a\0b', -0.5, 2 ** 53 - 1];
      for (const [i, value] of values.entries())
        await db
          .insertInto('things')
          .values({ id: String(i), value })
          .execute();
      const rows = await db.selectFrom('things').select('value').orderBy('id').execute();
      expect(rows.map(({ value }) => value)).toEqual([1, 0, null, null, 'a\ufffdb', -0.5, 2 ** 53 - 1]);
    }));

  test('what it cannot store is refused, and the connection goes on', () =>
    withThings(async (db) => {
      const insert = (value: unknown) => db.insertInto('things').values({ id: 'x', value }).execute();
      await expect(insert({ a: 1 })).rejects.toThrow();
      await expect(insert(new Date())).rejects.toThrow();
      await insert(1);
      expect(await db.selectFrom('things').selectAll().execute()).toEqual([{ id: 'x', value: 1 }]);
    }));

  test('a transaction holds the write lock from its start, so that what it reads stays true until it writes', () =>
    withThings(async (db) => {
      const other = new Database(path);
      await db.transaction().execute(async (trx) => {
        expect(await trx.selectFrom('things').selectAll().execute()).toEqual([]);
        expect(() => other.exec("insert into things values ('a', 1)")).toThrow(/locked/);
        await trx.insertInto('things').values({ id: 'a', value: 2 }).execute();
      });
      expect(() => other.exec("insert into things values ('a', 1)")).toThrow(/UNIQUE/);
      other.close();
    }));

  test('a commit is flushed: write-ahead log, synchronous FULL', () =>
    withThings(async (db) => {
      const pragma = async (name: string) =>
        (await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(db)).rows;
      expect(await pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }]);
      expect(await pragma('synchronous')).toEqual([{ synchronous: 2 }]);
      expect(await pragma('foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    }));

  test('opened for reading it refuses writes, and a file that is not there stays away', async () => {
    await expect(openSqlite({ path, readonly: true })).rejects.toMatchObject({ code: 'ENOENT' });
    await withThings(async () => {});
    const reader = await openSqlite<Schema>({ path, readonly: true });
    expect(await reader.selectFrom('things').selectAll().execute()).toEqual([]);
    await expect(reader.insertInto('things').values({ id: 'a', value: 1 }).execute()).rejects.toThrow(/readonly/);
    await reader.destroy();
  });

  test('what is no database, or no place for one, is refused', async () => {
    await writeFile(path, 'this is not a database, it only stands where one should');
    await expect(openSqlite({ path })).rejects.toThrow(/not a database/);
    await expect(openSqlite({ path: join(directory, 'nowhere', 'things.db') })).rejects.toThrow();
  });
});
