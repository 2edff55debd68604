import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { QuarantineItem } from '../../model/quarantine.ts';
import { migrate } from '../migrate.ts';
import { openSqlite } from '../sqlite/open.ts';
import { QUARANTINE_MIGRATIONS, type QuarantineSchema } from './schema.ts';
import { openSqliteQuarantine } from './sqlite.ts';

test('a quarantine of the first version is brought up to date, and its items can be claimed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nhip-'));
  try {
    const path = join(directory, 'quarantine.db');
    const old = await openSqlite<QuarantineSchema>({ path });
    await migrate(old, Object.fromEntries(Object.entries(QUARANTINE_MIGRATIONS).sort().slice(0, 1)));
    const details = { scope: 'message', detail: 'x', metric: null, payload: '{', encoding: 'utf8' };
    await sql`insert into items (seq, position, received, device, provider, reason, details)
      values (7, 0, 1000, 'counter-1', 'hanoi', 'malformed-json', ${JSON.stringify(details)})`.execute(old);
    await old.destroy();

    const store = await openSqliteQuarantine({ path });
    const item = await store.get('7-0');
    expect(item).toMatchObject({ id: '7-0', ...details, received: '1970-01-01T00:00:01.000Z', replayed: null });
    expect(QuarantineItem.parse(item)).toEqual(item);
    expect((await store.claim(['7-0'])).map(({ id }) => id)).toEqual(['7-0']);
    await store.close();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
