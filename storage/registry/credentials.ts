import type { Kysely } from 'kysely';
import { CodedError } from '../../model/problem.ts';
import { bytes, hex } from './hex.ts';
import type { Observer, Principal } from './port.ts';
import type { RegistrySchema } from './schema.ts';

type Db = Kysely<RegistrySchema>;

/** Who a user name is: a device with what it belongs to, or an observer. */
export async function findPrincipal(db: Db, username: string): Promise<Principal | undefined> {
  const row = await db
    .selectFrom('credentials')
    .leftJoin('devices', (join) =>
      join.onRef('devices.id', '=', 'credentials.username').on('credentials.kind', '=', 'device'),
    )
    .select(['credentials.kind', 'credentials.hash', 'devices.domain', 'devices.provider', 'devices.state'])
    .where('credentials.username', '=', username)
    .where('credentials.slot', '=', 0)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    kind: row.kind,
    username,
    hash: bytes(row.hash),
    domain: row.domain ?? '',
    provider: row.provider ?? '',
    active: row.kind === 'observer' || row.state === 'active',
  };
}

/** Rejects with CodedError `not-found`. */
export async function setCredential(db: Db, username: string, hash: Uint8Array): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('credentials')
    .set({ hash: hex(hash), created: new Date().toISOString() })
    .where('username', '=', username)
    .where('slot', '=', 0)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new CodedError('not-found', `nobody has the user name ${username}`);
}

/** Rejects with CodedError `conflict` where a device or observer has the user name. */
export async function addObserver(db: Db, username: string, hash: Uint8Array): Promise<void> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('credentials')
    .values({ username, slot: 0, kind: 'observer', hash: hex(hash), created: new Date().toISOString() })
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
    .where('slot', '=', 0)
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
