import type { Kysely } from 'kysely';
import type { DevicePresence, PresenceQuery } from './port.ts';
import type { RegistrySchema } from './schema.ts';

type Db = Kysely<RegistrySchema>;

/** As Registry.presenceChanges. */
export async function listPresenceChanges(
  db: Db,
  { domain, device, from, to, limit }: PresenceQuery,
): Promise<readonly DevicePresence[]> {
  let changes = db
    .selectFrom('presence_changes as change')
    .innerJoin('devices', 'devices.id', 'change.device')
    .select(['change.device', 'change.online', 'change.since', 'change.reason'])
    .where('devices.domain', '=', domain)
    .where('change.since', '<', to)
    // Within the range, or none of the device behind it is before the range.
    .where(({ or, eb, not, exists, selectFrom }) =>
      or([
        eb('change.since', '>=', from),
        not(
          exists(
            selectFrom('presence_changes as later')
              .select('later.id')
              .whereRef('later.device', '=', 'change.device')
              .where('later.since', '<', from)
              .where(({ or: either, eb: is, and, ref }) =>
                either([
                  is('later.since', '>', ref('change.since')),
                  and([is('later.since', '=', ref('change.since')), is('later.id', '>', ref('change.id'))]),
                ]),
              ),
          ),
        ),
      ]),
    );
  if (device !== undefined) changes = changes.where('change.device', '=', device);
  const rows = await changes
    .orderBy('change.device')
    .orderBy('change.since')
    .orderBy('change.id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, online: row.online === 1 }));
}

/** As Registry.expirePresenceChanges. */
export async function expirePresenceChanges(db: Db, before: string): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('presence_changes')
    .where('since', '<', before)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('presence_changes as later')
          .select('later.id')
          .whereRef('later.device', '=', 'presence_changes.device')
          .where('later.since', '<', before)
          .where(({ or, eb, and, ref }) =>
            or([
              eb('later.since', '>', ref('presence_changes.since')),
              and([
                eb('later.since', '=', ref('presence_changes.since')),
                eb('later.id', '>', ref('presence_changes.id')),
              ]),
            ]),
          ),
      ),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
