import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { QuarantineItem } from '../../model/quarantine.ts';
import { migrate } from '../migrate.ts';
import { openSqlite } from '../sqlite/open.ts';
import { QUARANTINE_MIGRATIONS, type QuarantineSchema } from './schema.ts';
import { openSqliteQuarantine } from './sqlite.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nhip-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A quarantine as one of the first versions left it. */
async function oldQuarantine(versions: number) {
  const path = join(directory, 'quarantine.db');
  const db = await openSqlite<QuarantineSchema>({ path });
  await migrate(db, Object.fromEntries(Object.entries(QUARANTINE_MIGRATIONS).sort().slice(0, versions)));
  return { path, db };
}

test('a quarantine of the first version is brought up to date, and its messages can be claimed', async () => {
  const { path, db } = await oldQuarantine(1);
  const details = { scope: 'message', detail: 'x', metric: null, payload: '{', encoding: 'utf8' };
  await sql`insert into items (seq, position, received, device, provider, reason, details)
    values (7, 0, 1000, 'counter-1', 'hanoi', 'malformed-json', ${JSON.stringify(details)})`.execute(db);
  await db.destroy();

  const store = await openSqliteQuarantine({ path });
  const item = await store.get('7-0');
  expect(item).toMatchObject({ id: '7-0', ...details, received: '1970-01-01T00:00:01.000Z', replayed: null, bytes: 1 });
  expect(QuarantineItem.parse(item)).toEqual(item);
  expect(await store.claim([7], 9)).toEqual([{ seq: 7, items: 1 }]);
  await store.close();
});

test('of the version that kept messages with their items everything is shown, counted and replayable as far as it was kept', async () => {
  const { path, db } = await oldQuarantine(2);
  const common = { scope: 'observation', domain: 'traffic', format: 'json', detail: 'x', metric: 'mean_speed' };
  const rows = [
    { seq: 7, position: 0, replayed: null, more: { payload: '{"a": "đ\0"}', encoding: 'utf8', truncated: false } },
    { seq: 7, position: 1, replayed: null, more: { payload: '{"a": "đ\0"}', encoding: 'utf8', truncated: false } },
    { seq: 8, position: 0, replayed: 2_000, more: { payload: '/wA=', encoding: 'base64', truncated: false } },
    { seq: 9, position: 0, replayed: null, more: { payload: 'x'.repeat(8_192), encoding: 'utf8', truncated: true } },
    // A claim that a crash cut short: the message went, and not all of its items said so.
    { seq: 10, position: 0, replayed: null, more: { payload: '{}', encoding: 'utf8', truncated: false } },
    { seq: 10, position: 1, replayed: 2_000, more: { payload: '{}', encoding: 'utf8', truncated: false } },
  ];
  for (const { seq, position, replayed, more } of rows)
    await sql`insert into items (seq, position, received, device, provider, reason, details, replayed)
      values (${seq}, ${position}, 1000, 'counter-1', 'hanoi', 'out-of-range', ${JSON.stringify({ ...common, ...more })}, ${replayed})`.execute(
      db,
    );
  await db.destroy();

  const store = await openSqliteQuarantine({ path });
  const items = await store.list({ limit: 10 });
  expect(items.map(({ id, bytes, truncated }) => [id, bytes, truncated])).toEqual([
    ['10-1', 2, false],
    ['10-0', 2, false],
    ['9-0', null, true],
    ['8-0', 2, false],
    ['7-1', 12, false],
    ['7-0', 12, false],
  ]);
  for (const item of items) expect(await store.get(item.id)).toEqual(QuarantineItem.parse(item));
  expect(await store.summary({}, 5)).toMatchObject({
    ...{ items: 6, waiting: 4, replayed: 2, dismissed: 0 },
    devices: [{ device: 'counter-1', items: 6, waiting: 4, replayed: 2 }],
  });
  expect(await store.totals()).toEqual({ items: 6, bytes: 0, dropped: 0 });
  expect(Buffer.from((await store.message(8))?.payload ?? [])).toEqual(Buffer.from([0xff, 0]));
  expect(await store.message(7)).toMatchObject({
    truncated: false,
    domain: 'traffic',
    payload: Buffer.from('{"a": "đ\0"}'),
  });
  expect(await store.message(9)).toMatchObject({ truncated: true });
  expect((await store.claim([7, 8, 9, 10], 20)).map(({ seq }) => seq)).toEqual([7, 9]);
  expect(await store.expire(1_001)).toBe(6);
  expect(await store.totals()).toMatchObject({ items: 0 });
  await store.close();
});
