import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RootDatabase } from 'lmdb';

/**
 * Writes a snapshot of the environment to the directory `path`, made for it, without the free pages, flushed. LMDB copies
 * in a thread of its own and writers go on. Rejects where there is something at `path`, and leaves nothing behind.
 */
export async function backupEnvironment(root: RootDatabase, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await mkdir(path);
  try {
    await root.backup(path, true);
    for (const name of [join(path, 'data.mdb'), path]) {
      const file = await open(name, 'r');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
}
