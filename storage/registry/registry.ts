import type { Kysely } from 'kysely';
import {
  addKey,
  deleteProvider,
  findKey,
  listAreas,
  listKeys,
  listProviders,
  putProvider,
  removeKey,
  replaceAreas,
} from './administration.ts';
import { addAudit, listAudits } from './audit.ts';
import { addObserver, deleteObserver, findPrincipal, listObservers, setCredential } from './credentials.ts';
import { listDevices } from './device-list.ts';
import { addDevices, deleteDevices, findDevice, updateDevice } from './devices.ts';
import { hex } from './hex.ts';
import type { Registry } from './port.ts';
import { expirePresenceChanges, listPresenceChanges } from './presence-changes.ts';
import { listPresences, putPresences } from './presences.ts';
import type { RegistrySchema } from './schema.ts';

/**
 * The registry over a migrated database of either kind. `reader` and `writer` may be the same; where a connection is
 * one at a time, two keep admissions from waiting for an import. How a copy is made is the database's own.
 */
export function createRegistry(
  reader: Kysely<RegistrySchema>,
  writer: Kysely<RegistrySchema>,
  backup: Registry['backup'],
): Registry {
  return {
    addDevices: (devices) =>
      addDevices(
        writer,
        devices.map(({ device, hash }) => ({ device, hash: hex(hash) })),
      ),
    device: (id) => findDevice(reader, id),
    devices: (query) => listDevices(reader, query),
    updateDevice: (device) => updateDevice(writer, device),
    deleteDevice: async (id) => (await deleteDevices(writer, [id])).length > 0,
    deleteDevices: (ids) => deleteDevices(writer, ids),
    setCredential: (username, hash, previousUntil) => setCredential(writer, username, hash, previousUntil),
    principal: (username) => findPrincipal(reader, username),
    presences: () => listPresences(reader),
    putPresences: (at, changed) => putPresences(writer, at, changed),
    presenceChanges: (query) => listPresenceChanges(reader, query),
    expirePresenceChanges: (before) => expirePresenceChanges(writer, before),
    addObserver: (username, hash) => addObserver(writer, username, hash),
    observers: () => listObservers(reader),
    deleteObserver: (username) => deleteObserver(writer, username),
    providers: () => listProviders(reader),
    putProvider: (provider) => putProvider(writer, provider),
    deleteProvider: (id) => deleteProvider(writer, id),
    areas: () => listAreas(reader),
    replaceAreas: (level, areas) => replaceAreas(writer, level, areas),
    addKey: (key) => addKey(writer, key),
    key: (id) => findKey(reader, id),
    keys: () => listKeys(reader),
    removeKey: (id) => removeKey(writer, id),
    audit: (entry) => addAudit(writer, entry),
    audits: (query) => listAudits(reader, query),
    backup,
    async close() {
      await writer.destroy();
      await reader.destroy();
    },
  };
}
