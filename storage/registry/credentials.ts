import type { Kysely } from 'kysely';
import { CodedError } from '../../model/problem.ts';
import { bytes, hex } from './hex.ts';
import type { Observer, Principal } from './port.ts';
import type { RegistrySchema } from './schema.ts';

type Db = Kysely<RegistrySchema>;

/** Slots of a user name's secrets. */
const PRESENT = 0;
const PREVIOUS = 1;

/** Who a user name is: a device with what it belongs to, or an observer. */
export async function findPrincipal(db: Db, username: string): Promise<Principal | undefined> {
  const row = await db
    .selectFrom('credentials')
    .leftJoin('devices', (join) =>
      join.onRef('devices.id', '=', 'credentials.username').on('credentials.kind', '=', 'device'),
    )
    .leftJoin('credentials as earlier', (join) =>
      join.onRef('earlier.username', '=', 'credentials.username').on('earlier.slot', '=', PREVIOUS),
    )
    .select(['credentials.kind', 'credentials.hash', 'devices.domain', 'devices.provider', 'devices.state'])
    .select(['earlier.hash as earlierHash', 'earlier.until as earlierUntil'])
    .where('credentials.username', '=', username)
    .where('credentials.slot', '=', PRESENT)
    .executeTakeFirst();
  if (!row) return undefined;
  const { earlierHash, earlierUntil } = row;
  const previous =
    earlierHash === null || earlierUntil === null ? null : { hash: bytes(earlierHash), until: Number(earlierUntil) };
  return {
    kind: row.kind,
    username,
    hash: bytes(row.hash),
    previous,
    domain: row.domain ?? '',
    provider: row.provider ?? '',
    active: row.kind === 'observer' || row.state === 'active',
  };
}

/** Replaces the secret and keeps the one before it until `previousUntil`, where given. Rejects with CodedError `not-found`. */
export async function setCredential(db: Db, username: string, hash: Uint8Array, previousUntil?: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const before = await trx
      .selectFrom('credentials')
      .selectAll()
      .where('username', '=', username)
      .where('slot', '=', PRESENT)
      .executeTakeFirst();
    if (!before) throw new CodedError('not-found', `nobody has the user name ${username}`);
    await trx.deleteFrom('credentials').where('username', '=', username).where('slot', '=', PREVIOUS).execute();
    if (previousUntil !== undefined)
      await trx
        .insertInto('credentials')
        .values({ ...before, slot: PREVIOUS, until: previousUntil })
        .execute();
    await trx
      .updateTable('credentials')
      .set({ hash: hex(hash), created: new Date().toISOString() })
      .where('username', '=', username)
      .where('slot', '=', PRESENT)
      .execute();
  });
}

/** Rejects with CodedError `conflict` where a device or observer has the user name. */
export async function addObserver(db: Db, username: string, hash: Uint8Array): Promise<void> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('credentials')
    .values({ username, slot: PRESENT, kind: 'observer', hash: hex(hash), created: new Date().toISOString() })
    .onConflict((conflict) => conflict.columns(['username', 'slot']).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) throw new CodedError('conflict', `the user name ${username} is taken`);
}

/** Observers by user name. */
export async function listObservers(db: Db): Promise<readonly Observer[]> {
  return await db
    .selectFrom('credentials')
    .select(['username', 'created'])
    .where('kind', '=', 'observer')
    .where('slot', '=', PRESENT)
    .orderBy('username')
    .execute();
}

/** Deletes every secret of the observer; answers whether there was one. */
export async function deleteObserver(db: Db, username: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('credentials')
    .where('username', '=', username)
    .where('kind', '=', 'observer')
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
