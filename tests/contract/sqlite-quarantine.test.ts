import { join } from 'node:path';
import type { QuarantineStore } from '../../storage/quarantine/port.ts';
import { openSqliteQuarantine } from '../../storage/quarantine/sqlite.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { quarantineContract } from './quarantine.ts';

quarantineContract('SQLite', async (maxItems, maxBytes) => {
  const directory = await temporaryDirectory();
  const opened: QuarantineStore[] = [];
  const open = async (name = 'quarantine.db'): Promise<QuarantineStore> => {
    const opening = await openSqliteQuarantine({ path: join(directory.path, name), maxItems, maxBytes });
    opened.push(opening);
    return opening;
  };
  const closeAll = async () => {
    for (const store of opened.splice(0)) await store.close();
  };
  const store = await open();
  return {
    store,
    another: () => open(),
    async copy(name) {
      await store.backup(join(directory.path, name));
      return await open(name);
    },
    async reopen() {
      await closeAll();
      return await open();
    },
    async close() {
      await closeAll();
      await directory.remove();
    },
  };
});
