import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backupSqlite } from './backup.ts';
import { openSqlite } from './open.ts';

interface Schema {
  things: { id: number; text: string };
}

describe('a copy of an SQLite file', () => {
  let directory: string;
  let path: string;
  let db: Awaited<ReturnType<typeof openSqlite<Schema>>>;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nhip-'));
    path = join(directory, 'things.db');
    db = await openSqlite<Schema>({ path });
    await sql`create table things (id integer primary key, text text)`.execute(db);
  });
  afterEach(async () => {
    await db.destroy();
    await rm(directory, { recursive: true, force: true });
  });
  const add = (from: number, count: number) =>
    db
      .insertInto('things')
      .values(Array.from({ length: count }, (_, i) => ({ id: from + i, text: 'x'.repeat(500) })))
      .execute();

  test('is of one moment while transactions go on, and this thread is free meanwhile', async () => {
    const into = join(directory, 'copy.db');
    for (let i = 0; i < 20; i += 1) await add(i * 1_000, 1_000);
    let [copied, id] = [false, 20_000];
    const copying = backupSqlite(path, into).finally(() => {
      copied = true;
    });
    let turns = 0;
    for (; !copied; turns += 1) {
      await db.transaction().execute(async (trx) => {
        // Always two together.
        for (const each of [id, id + 1]) await trx.insertInto('things').values({ id: each, text: '' }).execute();
      });
      id += 2;
      await new Promise(setImmediate);
    }
    await copying;
    expect(turns).toBeGreaterThan(0);
    const copy = await openSqlite<Schema>({ path: into });
    const { rows } = await sql<{ n: number }>`select count(*) as n from things`.execute(copy);
    const [{ n } = { n: 0 }] = rows;
    expect(n).toBeGreaterThanOrEqual(20_000);
    expect(n).toBeLessThanOrEqual(id);
    expect(n % 2).toBe(0);
    expect((await sql`pragma integrity_check`.execute(copy)).rows).toEqual([{ integrity_check: 'ok' }]);
    await copy.destroy();
  });

  test('never takes the place of another file', async () => {
    const into = join(directory, 'precious');
    for (const content of ['', 'written by hand']) {
      await writeFile(into, content);
      await expect(backupSqlite(path, into)).rejects.toMatchObject({ code: 'EEXIST' });
      expect(await readFile(into, 'utf8')).toBe(content);
    }
  });

  test('that fails leaves nothing behind', async () => {
    await expect(backupSqlite(path, join(directory, 'nowhere', 'copy.db'))).rejects.toThrow();
    const broken = join(directory, 'broken.db');
    await writeFile(broken, 'this is not a database, it only stands where one should');
    await expect(backupSqlite(broken, join(directory, 'copy.db'))).rejects.toThrow(/not a database/);
    expect((await readdir(directory)).sort()).toEqual(['broken.db', 'things.db', 'things.db-shm', 'things.db-wal']);
  });
});
