import type { Area } from '../../model/area.ts';
import type { Device } from '../../model/device.ts';
import { fold } from '../../model/fold.ts';
import { representative } from '../../model/geometry.ts';
import type { DeviceRow } from './schema.ts';

type DeviceDetails = Pick<Device, 'name' | 'geometry' | 'tags'>;
type AreaDetails = Omit<Area, 'level' | 'id'>;

export function rowOf(device: Device): DeviceRow {
  const { name, geometry, tags } = device;
  const [lon, lat] = geometry ? representative(geometry) : [null, null];
  const details: DeviceDetails = { name, geometry, tags };
  return {
    id: device.id,
    domain: device.domain,
    kind: device.kind,
    provider: device.provider,
    state: device.state,
    simulated: device.simulated ? 1 : 0,
    lon,
    lat,
    search: `${fold(device.id)}\n${fold(name)}`,
    created: device.created,
    updated: device.updated,
    details: JSON.stringify(details),
  };
}

/** The columns `deviceOf` reads. */
export const DEVICE_COLUMNS = [
  'id',
  'domain',
  'kind',
  'provider',
  'state',
  'simulated',
  'created',
  'updated',
  'details',
] as const satisfies readonly (keyof DeviceRow)[];

/** `details` was written by `rowOf` of a checked device: it is not checked again, for lists are long. */
export function deviceOf(row: Pick<DeviceRow, (typeof DEVICE_COLUMNS)[number]>): Device {
  const { name, geometry, tags }: DeviceDetails = JSON.parse(row.details);
  return {
    id: row.id,
    domain: row.domain,
    kind: row.kind,
    name,
    geometry,
    provider: row.provider,
    tags,
    simulated: row.simulated === 1,
    state: row.state,
    created: row.created,
    updated: row.updated,
  };
}

/** The rows that a device's tags are found by. */
export function tagRowsOf(device: Device): { device: string; name: string; value: string }[] {
  return Object.entries(device.tags).map(([name, value]) => ({ device: device.id, name, value }));
}

export function areaRowOf({ level, id, ...details }: Area): { level: Area['level']; id: string; details: string } {
  return { level, id, details: JSON.stringify(details) };
}

export function areaOf(row: { level: Area['level']; id: string; details: string }): Area {
  const details: AreaDetails = JSON.parse(row.details);
  return { id: row.id, level: row.level, ...details };
}
