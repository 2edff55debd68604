import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type BackupManifest, MANIFEST_FILE } from '../../model/backup.ts';
import { instant } from '../../model/observation.ts';
import { type DataDir, openDataDir, pathsOf } from '../data-dir.ts';
import { BackupDamaged, readManifest, verifyBackup } from './manifest.ts';
import { sync } from './sync.ts';

/** There are data where the backup would go, and nobody said that they may go aside. */
export class DataInTheWay extends Error {
  override readonly name = 'DataInTheWay';
}

/** Directories that only a restore makes; behind it is its time. */
const ARRIVING = 'restoring-';
const ASIDE = 'replaced-';

export interface RestoreOptions {
  /** The backup. */
  readonly from: string;
  readonly dataDir: string;
  /** The store that the settings name. */
  readonly store: BackupManifest['store'];
  /** Moves what is there aside. */
  readonly force: boolean;
  /** Bytes that were copied, of so many. */
  readonly progressed?: ((bytes: number, of: number) => void) | undefined;
}

export interface Restored {
  readonly manifest: BackupManifest;
  /** Where the data that were there are now; null where there were none. */
  readonly aside: string | null;
}

/**
 * Makes a backup the data of a stopped city. It is copied beside and every file of the copy is checked against the
 * manifest before anything that is there is touched; what is there is moved, never deleted. Throws a DataDirError where
 * the city runs, a BackupDamaged, or a DataInTheWay.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { from, dataDir, store, force } = options;
  const manifest = await readManifest(from);
  if (manifest.store !== store)
    throw new BackupDamaged(`${from} is of a city with STORE=${manifest.store}, and STORE is ${store}`);
  const dir = await openDataDir(dataDir);
  try {
    // What a killed restore had copied is in nobody's way but the disk's.
    for (const name of await readdir(dataDir))
      if (name.startsWith(ARRIVING)) await rm(join(dataDir, name), { recursive: true, force: true });
    const there = await dataIn(dataDir);
    if (there.length > 0 && !force)
      throw new DataInTheWay(`${dataDir} has data already (${there.join(', ')}): --force moves them aside`);
    const now = instant(Date.now()).replaceAll(/[-:.]/g, '');
    const arriving = join(dataDir, `${ARRIVING}${now}`);
    try {
      await copyFiles(manifest, options, arriving);
      await verifyBackup(arriving, from);
      const aside = there.length > 0 ? join(dataDir, `${ASIDE}${now}`) : null;
      if (aside !== null) await moveAside(dir, dataDir, there, aside);
      await rm(join(arriving, MANIFEST_FILE));
      for (const name of await readdir(arriving)) await rename(join(arriving, name), join(dataDir, name));
      await sync(dataDir);
      return { manifest, aside };
    } finally {
      await rm(arriving, { recursive: true, force: true });
    }
  } finally {
    dir.release();
  }
}

/** What a city left in the directory. Its lock stays, as do backups and what was moved aside before. */
async function dataIn(dataDir: string): Promise<readonly string[]> {
  const { backups } = pathsOf(dataDir);
  const stays = (name: string) =>
    name.startsWith('lock.sqlite') || name === basename(backups) || name.startsWith(ASIDE);
  return (await readdir(dataDir)).filter((name) => !stays(name)).sort();
}

/** The administrator's key is no part of a backup: who had it keeps it. */
async function moveAside(dir: DataDir, dataDir: string, names: readonly string[], aside: string): Promise<void> {
  await mkdir(aside, { mode: 0o700 });
  const key = basename(dir.adminKey);
  if (names.includes(key)) await copyFile(dir.adminKey, join(aside, key));
  for (const name of names) if (name !== key) await rename(join(dataDir, name), join(aside, name));
}

async function copyFiles({ files }: BackupManifest, options: RestoreOptions, to: string): Promise<void> {
  const { from, progressed } = options;
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let copied = 0;
  progressed?.(0, total);
  await mkdir(to, { mode: 0o700 });
  for (const { path, bytes } of [...files, { path: MANIFEST_FILE, bytes: 0 }]) {
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await copyFile(join(from, path), target, constants.COPYFILE_FICLONE).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      throw new BackupDamaged(`${from}: ${relative(resolve(to), resolve(target))} is missing`);
    });
    await chmod(target, 0o600);
    await sync(target);
    copied += bytes;
    progressed?.(copied, total);
  }
}
