import type { Kysely } from 'kysely';
import {
  addAudit,
  addKey,
  findKey,
  listAreas,
  listAudits,
  listKeys,
  listProviders,
  putProvider,
  removeKey,
  replaceAreas,
} from './administration.ts';
import { addObserver, findPrincipal, setCredential } from './credentials.ts';
import { listDevices } from './device-list.ts';
import { addDevices, deleteDevice, findDevice, updateDevice } from './devices.ts';
import { hex } from './hex.ts';
import type { Registry } from './port.ts';
import type { RegistrySchema } from './schema.ts';

/**
 * The registry over a migrated database of either kind. `reader` and `writer` may be the same; where a connection is
 * one at a time, two keep admissions from waiting for an import.
 */
export function createRegistry(reader: Kysely<RegistrySchema>, writer: Kysely<RegistrySchema>): Registry {
  return {
    addDevices: (devices) =>
      addDevices(
        writer,
        devices.map(({ device, hash }) => ({ device, hash: hex(hash) })),
      ),
    device: (id) => findDevice(reader, id),
    devices: (query) => listDevices(reader, query),
    updateDevice: (device) => updateDevice(writer, device),
    deleteDevice: (id) => deleteDevice(writer, id),
    setCredential: (username, hash) => setCredential(writer, username, hash),
    principal: (username) => findPrincipal(reader, username),
    addObserver: (username, hash) => addObserver(writer, username, hash),
    providers: () => listProviders(reader),
    putProvider: (provider) => putProvider(writer, provider),
    areas: () => listAreas(reader),
    replaceAreas: (level, areas) => replaceAreas(writer, level, areas),
    addKey: (key) => addKey(writer, key),
    key: (id) => findKey(reader, id),
    keys: () => listKeys(reader),
    removeKey: (id) => removeKey(writer, id),
    audit: (entry) => addAudit(writer, entry),
    audits: (limit) => listAudits(reader, limit),
    async close() {
      await writer.destroy();
      await reader.destroy();
    },
  };
}
