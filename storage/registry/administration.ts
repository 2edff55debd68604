import type { Kysely } from 'kysely';
import type { Area } from '../../model/area.ts';
import type { Provider } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import { batches } from '../batches.ts';
import { bytes, hex } from './hex.ts';
import type { ApiKey } from './port.ts';
import { areaOf, areaRowOf } from './rows.ts';
import type { RegistrySchema } from './schema.ts';

type Db = Kysely<RegistrySchema>;

const AREA_BATCH = 100;

export async function listProviders(db: Db): Promise<readonly Provider[]> {
  const rows = await db.selectFrom('providers').selectAll().orderBy('id').execute();
  return rows.map((row) => {
    const { name }: Pick<Provider, 'name'> = JSON.parse(row.details);
    return { id: row.id, name, simulated: row.simulated === 1 };
  });
}

export async function putProvider(db: Db, { id, name, simulated }: Provider): Promise<void> {
  const columns = { simulated: simulated ? 1 : 0, details: JSON.stringify({ name }) };
  await db
    .insertInto('providers')
    .values({ id, ...columns })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
    .execute();
}

/** Answers whether there was one. Rejects with CodedError `conflict` while devices belong to it. */
export async function deleteProvider(db: Db, id: string): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const device = await trx.selectFrom('devices').select('id').where('provider', '=', id).limit(1).executeTakeFirst();
    if (device) throw new CodedError('conflict', `provider ${id} has devices, such as ${device.id}`);
    const { numDeletedRows } = await trx.deleteFrom('providers').where('id', '=', id).executeTakeFirst();
    return numDeletedRows > 0n;
  });
}

/** Areas by level, then id. */
export async function listAreas(db: Db): Promise<readonly Area[]> {
  const rows = await db.selectFrom('areas').selectAll().orderBy('level').orderBy('id').execute();
  return rows.map(areaOf);
}

/** Replaces all areas of a level, all or none. Throws RangeError for an area of another level. */
export async function replaceAreas(db: Db, level: Area['level'], areas: readonly Area[]): Promise<void> {
  const stray = areas.find((area) => area.level !== level);
  if (stray) throw new RangeError(`area ${stray.id} is of level ${stray.level}, not ${level}`);
  if (new Set(areas.map(({ id }) => id)).size < areas.length)
    throw new CodedError('conflict', 'two areas have the same id');
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('areas').where('level', '=', level).execute();
    for (const batch of batches(areas.map(areaRowOf), AREA_BATCH))
      await trx.insertInto('areas').values(batch).execute();
  });
}

/** Keys of before providers had any lack the member. */
type KeyDetails = Pick<ApiKey, 'name' | 'scopes'> & Partial<Pick<ApiKey, 'provider'>> & { readonly hash: string };

function keyOf(row: { id: string; created: string; details: string }): ApiKey {
  const { name, scopes, provider = null, hash }: KeyDetails = JSON.parse(row.details);
  return { id: row.id, name, hash: bytes(hash), scopes, provider, created: row.created };
}

/** Rejects with CodedError `conflict` where a key has the id. */
export async function addKey(db: Db, key: ApiKey): Promise<void> {
  const { name, scopes, provider } = key;
  const details: KeyDetails = { name, scopes, provider, hash: hex(key.hash) };
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('api_keys')
    .values({ id: key.id, created: key.created, details: JSON.stringify(details) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) throw new CodedError('conflict', `there is a key ${key.id} already`);
}

export async function findKey(db: Db, id: string): Promise<ApiKey | undefined> {
  const row = await db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
  return row && keyOf(row);
}

/** Keys by id. */
export async function listKeys(db: Db): Promise<readonly ApiKey[]> {
  const rows = await db.selectFrom('api_keys').selectAll().orderBy('id').execute();
  return rows.map(keyOf);
}

export async function removeKey(db: Db, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('api_keys').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}
