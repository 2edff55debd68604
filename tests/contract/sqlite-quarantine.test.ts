import { join } from 'node:path';
import type { QuarantineStore } from '../../storage/quarantine/port.ts';
import { openSqliteQuarantine } from '../../storage/quarantine/sqlite.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { quarantineContract } from './quarantine.ts';

quarantineContract('SQLite', async (maxItems) => {
  const directory = await temporaryDirectory();
  const opened: QuarantineStore[] = [];
  const open = async (): Promise<QuarantineStore> => {
    const store = await openSqliteQuarantine({ path: join(directory.path, 'quarantine.db'), maxItems });
    opened.push(store);
    return store;
  };
  const closeAll = async () => {
    for (const store of opened.splice(0)) await store.close();
  };
  return {
    store: await open(),
    another: open,
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
