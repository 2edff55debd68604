import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupDamaged, readManifest } from './manifest.ts';

/** Behind the name of a backup that is not whole: one being made or being deleted. */
export const PARTIAL = '.partial';

/**
 * Deletes the oldest backups below the directory until `keep` are left; resolves with the paths of those that went. What
 * has no manifest is none, and stays.
 */
export async function prune(directory: string, keep: number): Promise<string[]> {
  const made: { readonly name: string; readonly created: string }[] = [];
  for (const name of await readdir(directory)) {
    if (name.endsWith(PARTIAL)) continue;
    try {
      made.push({ name, created: (await readManifest(join(directory, name))).created });
    } catch (error) {
      if (!(error instanceof BackupDamaged)) throw error;
    }
  }
  made.sort((a, b) => (a.created < b.created ? -1 : 1));
  const going = made.slice(0, Math.max(0, made.length - keep)).map(({ name }) => join(directory, name));
  for (const path of going) {
    // Cut short, it is no backup any more, and the next one clears it away.
    await rename(path, `${path}${PARTIAL}`);
    await rm(`${path}${PARTIAL}`, { recursive: true, force: true });
  }
  return going;
}
