import type { Kysely } from 'kysely';
import { batches } from '../batches.ts';
import type { DevicePresence, Presences } from './port.ts';
import type { PresenceRow, RegistrySchema } from './schema.ts';

type Db = Kysely<RegistrySchema>;

/** Rows of one statement: below the 32,766 parameters of SQLite and the 65,535 of PostgreSQL. */
const BATCH = 500;
const CLOCK = 1;

/** What was written down of every registered device, by device, and when last. */
export async function listPresences(db: Db): Promise<Presences> {
  const clock = await db.selectFrom('presence_clock').select('at').where('id', '=', CLOCK).executeTakeFirst();
  const rows = await db
    .selectFrom('presences')
    .innerJoin('devices', 'devices.id', 'presences.device')
    .select(['presences.device', 'devices.domain', 'online', 'since', 'reason'])
    .orderBy('presences.device')
    .execute();
  return { at: clock?.at ?? null, devices: rows.map((row) => ({ ...row, online: row.online === 1 })) };
}

/** Writes down what changed and the moment, all or none. Devices that are not registered are left out. */
export async function putPresences(db: Db, at: string, changed: readonly DevicePresence[]): Promise<void> {
  // A statement may not touch a row twice: the last word of a device counts.
  const rows = new Map<string, PresenceRow>();
  const all = changed.map(({ device, online, since, reason }) => ({ device, online: online ? 1 : 0, since, reason }));
  for (const row of all) rows.set(row.device, row);
  await db.transaction().execute(async (trx) => {
    const known = new Set<string>();
    for (const batch of batches([...rows.values()], BATCH)) {
      const ids = batch.map(({ device }) => device);
      const registered = await trx.selectFrom('devices').select('id').where('id', 'in', ids).execute();
      for (const { id } of registered) known.add(id);
      const values = batch.filter(({ device }) => known.has(device));
      if (values.length === 0) continue;
      await trx
        .insertInto('presences')
        .values(values)
        .onConflict((conflict) =>
          conflict.column('device').doUpdateSet(({ ref }) => ({
            online: ref('excluded.online'),
            since: ref('excluded.since'),
            reason: ref('excluded.reason'),
          })),
        )
        .execute();
    }
    const changes = all.filter(({ device }) => known.has(device));
    for (const batch of batches(changes, BATCH)) await trx.insertInto('presence_changes').values(batch).execute();
    await trx
      .insertInto('presence_clock')
      .values({ id: CLOCK, at })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ at }))
      .execute();
  });
}
