import { join } from 'node:path';
import type { Registry } from '../../storage/registry/port.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { registryContract } from './registry.ts';

registryContract('SQLite', async () => {
  const directory = await temporaryDirectory();
  const file = join(directory.path, 'registry.db');
  const opened: Registry[] = [];
  const open = async (readonly: boolean, path = file): Promise<Registry> => {
    const opening = await openSqliteRegistry({ path, readonly });
    opened.push(opening);
    return opening;
  };
  const closeAll = async () => {
    for (const registry of opened.splice(0)) await registry.close();
  };
  const registry = await open(false);
  return {
    registry,
    reader: () => open(true),
    async reopen() {
      await closeAll();
      return await open(false);
    },
    async copy(name) {
      await registry.backup(join(directory.path, name));
      return await open(false, join(directory.path, name));
    },
    async close() {
      await closeAll();
      await directory.remove();
    },
  };
});
