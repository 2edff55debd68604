import type { Kysely, Transaction } from 'kysely';
import type { Device } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import { batches, yieldToOthers } from '../batches.ts';
import type { DeviceRecord } from './port.ts';
import { DEVICE_COLUMNS, deviceOf, rowOf, tagRowsOf } from './rows.ts';
import type { RegistrySchema } from './schema.ts';

/** Rows of one INSERT: below the 32,766 parameters of SQLite and the 65,535 of PostgreSQL. */
const BATCH = 250;
/** Ids of one DELETE. */
const DELETED = 1_000;

export interface NewDeviceRow {
  readonly device: DeviceRecord;
  readonly hash: string;
}

/** Makes the providers that are not there. One is marked simulated when all it comes with is. */
async function ensureProviders(trx: Transaction<RegistrySchema>, devices: readonly Device[]): Promise<void> {
  const simulated = new Map<string, boolean>();
  for (const device of devices)
    simulated.set(device.provider, (simulated.get(device.provider) ?? true) && device.simulated);
  const rows = [...simulated].map(([id, all]) => ({
    id,
    simulated: all ? 1 : 0,
    details: JSON.stringify({ name: id }),
  }));
  for (const batch of batches(rows, BATCH))
    await trx
      .insertInto('providers')
      .values(batch)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
}

async function insertTags(trx: Transaction<RegistrySchema>, devices: readonly Device[]): Promise<void> {
  for (const batch of batches(devices.flatMap(tagRowsOf), BATCH))
    await trx.insertInto('device_tags').values(batch).execute();
}

/** Inserts one batch; answers the ids that were taken, as a device's or as an observer's user name. */
async function insertBatch(
  trx: Transaction<RegistrySchema>,
  batch: readonly NewDeviceRow[],
  created: string,
): Promise<string[]> {
  const devices = await trx
    .insertInto('devices')
    .values(batch.map(({ device }) => rowOf(device)))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .execute();
  const credentials = await trx
    .insertInto('credentials')
    .values(batch.map(({ device, hash }) => ({ username: device.id, slot: 0, kind: 'device' as const, hash, created })))
    .onConflict((conflict) => conflict.columns(['username', 'slot']).doNothing())
    .returning('username')
    .execute();
  const fresh = new Set(devices.map(({ id }) => id));
  const admitted = new Set(credentials.map(({ username }) => username));
  return batch.map(({ device }) => device.id).filter((id) => !fresh.has(id) || !admitted.has(id));
}

/** The ids given more than once. */
function repeated(additions: readonly NewDeviceRow[]): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { device } of additions) (seen.has(device.id) ? twice : seen).add(device.id);
  return twice;
}

/** Registers devices with their credentials, all or none. Rejects with CodedError `conflict` naming every taken id. */
export async function addDevices(db: Kysely<RegistrySchema>, additions: readonly NewDeviceRow[]): Promise<void> {
  if (additions.length === 0) return;
  const twice = repeated(additions);
  if (twice.size > 0) throw conflict([...twice], 'given more than once');
  const created = new Date().toISOString();
  await db.transaction().execute(async (trx) => {
    await ensureProviders(
      trx,
      additions.map(({ device }) => device),
    );
    const taken: string[] = [];
    for (const batch of batches(additions, BATCH)) {
      taken.push(...(await insertBatch(trx, batch, created)));
      // Once an id is taken nothing will stay: go on only to name the others.
      if (taken.length === 0)
        await insertTags(
          trx,
          batch.map(({ device }) => device),
        );
      await yieldToOthers();
    }
    if (taken.length > 0) throw conflict(taken, 'exists already');
  });
}

function conflict(ids: readonly string[], message: string): CodedError {
  const named = ids.slice(0, 5).join(', ');
  const detail = `${ids.length === 1 ? 'a device id is' : `${ids.length} device ids are`} taken: ${named}${ids.length > 5 ? ', …' : ''}`;
  return new CodedError(
    'conflict',
    detail,
    ids.map((id) => ({ path: id, message })),
  );
}

export async function findDevice(db: Kysely<RegistrySchema>, id: string): Promise<Device | undefined> {
  const row = await db.selectFrom('devices').select(DEVICE_COLUMNS).where('id', '=', id).executeTakeFirst();
  return row && deviceOf(row);
}

/** Rejects with CodedError `not-found`. */
export async function updateDevice(db: Kysely<RegistrySchema>, device: DeviceRecord): Promise<void> {
  const { id, ...columns } = rowOf(device);
  await db.transaction().execute(async (trx) => {
    await ensureProviders(trx, [device]);
    const { numUpdatedRows } = await trx.updateTable('devices').set(columns).where('id', '=', id).executeTakeFirst();
    if (numUpdatedRows === 0n) throw new CodedError('not-found', `there is no device ${id}`);
    await trx.deleteFrom('device_tags').where('device', '=', id).execute();
    await insertTags(trx, [device]);
  });
}

/** Deletes devices with their credentials and tags, all or none; answers the ids that there were, in order. */
export async function deleteDevices(db: Kysely<RegistrySchema>, ids: readonly string[]): Promise<readonly string[]> {
  const deleted: string[] = [];
  await db.transaction().execute(async (trx) => {
    for (const batch of batches([...new Set(ids)], DELETED)) {
      await trx.deleteFrom('credentials').where('username', 'in', batch).where('kind', '=', 'device').execute();
      const rows = await trx.deleteFrom('devices').where('id', 'in', batch).returning('id').execute();
      deleted.push(...rows.map(({ id }) => id));
      await yieldToOthers();
    }
  });
  return deleted.sort();
}
