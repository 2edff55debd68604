import { join } from 'node:path';
import type { Registry } from '../../storage/registry/port.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { registryContract } from './registry.ts';

registryContract('SQLite', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'registry.db');
  const opened: Registry[] = [];
  const open = async (readonly: boolean): Promise<Registry> => {
    const registry = await openSqliteRegistry({ path, readonly });
    opened.push(registry);
    return registry;
  };
  const closeAll = async () => {
    for (const registry of opened.splice(0)) await registry.close();
  };
  return {
    registry: await open(false),
    reader: () => open(true),
    async reopen() {
      await closeAll();
      return await open(false);
    },
    async close() {
      await closeAll();
      await directory.remove();
    },
  };
});
