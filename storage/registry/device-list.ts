import { type Kysely, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Device } from '../../model/device.ts';
import { fold } from '../../model/fold.ts';
import { batches, yieldToOthers } from '../batches.ts';
import type { DeviceQuery } from './port.ts';
import { DEVICE_COLUMNS, deviceOf } from './rows.ts';
import type { RegistrySchema } from './schema.ts';

/** Rows of one SELECT: the event loop turns in between, so that a listing of the whole city holds up nobody. */
const PAGE = 1_000;
/** No name folds to more: a longer text is found nowhere, and SQLite refuses a LIKE pattern above 50,000 bytes. */
const LONGEST_SEARCH = 2_000;

type DeviceSelect = SelectQueryBuilder<RegistrySchema, 'devices', object>;

/** A LIKE pattern for a text anywhere, with its own wildcards taken literally. */
function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

function filtered(db: Kysely<RegistrySchema>, query: DeviceQuery): DeviceSelect {
  let select: DeviceSelect = db.selectFrom('devices');
  for (const column of ['domain', 'kind', 'provider', 'state'] as const) {
    const value = query[column];
    if (value !== undefined) select = select.where(column, '=', value);
  }
  if (query.simulated !== undefined) select = select.where('simulated', '=', query.simulated ? 1 : 0);
  if (query.bbox) {
    const [west, south, east, north] = query.bbox;
    select = select
      .where('lon', '>=', west)
      .where('lon', '<=', east)
      .where('lat', '>=', south)
      .where('lat', '<=', north);
  }
  if (query.tag) {
    const [name, value] = query.tag;
    select = select.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('device_tags')
          .select('device')
          .whereRef('device', '=', 'devices.id')
          .where('name', '=', name)
          .where('value', '=', value),
      ),
    );
  }
  if (query.search !== undefined && query.search !== '') {
    const pattern = containing(fold(query.search));
    // SQLite has no escape character of its own.
    select = select.where(sql<SqlBool>`search like ${pattern} escape '\\'`);
  }
  return select;
}

/** Devices by id in byte order, page after page until `limit` or the end. Each page is of its own moment. */
export async function listDevices(db: Kysely<RegistrySchema>, query: DeviceQuery): Promise<readonly Device[]> {
  if (fold(query.search ?? '').length > LONGEST_SEARCH) return [];
  const limit = query.limit ?? Number.POSITIVE_INFINITY;
  const devices: Device[] = [];
  const select = filtered(db, query).select(DEVICE_COLUMNS).orderBy('id');

  if (query.ids) {
    const { after } = query;
    const ids = [...new Set(query.ids)].filter((id) => after === undefined || id > after).sort();
    for (const batch of batches(ids, PAGE)) {
      const rows = await select
        .where('id', 'in', batch)
        .limit(Math.min(PAGE, limit - devices.length))
        .execute();
      for (const row of rows) devices.push(deviceOf(row));
      if (devices.length >= limit) break;
      await yieldToOthers();
    }
    return devices;
  }
  let after = query.after;
  while (devices.length < limit) {
    const size = Math.min(PAGE, limit - devices.length);
    const page = await (after === undefined ? select : select.where('id', '>', after)).limit(size).execute();
    for (const row of page) devices.push(deviceOf(row));
    if (page.length < size) break;
    after = page.at(-1)?.id;
    await yieldToOthers();
  }
  return devices;
}
