import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import writeFileAtomic from 'write-file-atomic';
import { type BackupFile, BackupManifest, MANIFEST_FILE } from '../../model/backup.ts';

/** A directory is no backup of this program, or not what its manifest says. `message` is one line. */
export class BackupDamaged extends Error {
  override readonly name = 'BackupDamaged';
}

/** Every file below a directory but the manifest, by path, with its size and SHA-256. */
export async function describeFiles(directory: string): Promise<BackupFile[]> {
  const described: BackupFile[] = [];
  for (const path of await filesBelow(directory)) {
    const file = join(directory, path);
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    described.push({ path, bytes: (await stat(file)).size, sha256: hash.digest('hex') });
  }
  return described;
}

/** Written last and at once: a directory with a manifest is a whole backup. */
export async function writeManifest(directory: string, manifest: BackupManifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFileAtomic(join(directory, MANIFEST_FILE), text, { mode: 0o600, fsync: true });
}

/**
 * Reads a backup's manifest and checks every file against it. Throws a BackupDamaged that names the first file that is
 * missing, changed or too many. `name` is what people know the directory by.
 */
export async function verifyBackup(directory: string, name = directory): Promise<BackupManifest> {
  const manifest = await readManifest(directory);
  const there = new Set(await filesBelow(directory));
  for (const { path } of manifest.files)
    if (!there.delete(path)) throw new BackupDamaged(`${name}: ${path} is missing`);
  const [stranger] = there;
  if (stranger !== undefined) throw new BackupDamaged(`${name}: ${stranger} is not in the manifest`);
  const found = new Map((await describeFiles(directory)).map((file) => [file.path, file]));
  for (const { path, bytes, sha256 } of manifest.files) {
    const file = found.get(path);
    if (file?.bytes !== bytes) throw new BackupDamaged(`${name}: ${path} has ${file?.bytes} bytes, not ${bytes}`);
    if (file.sha256 !== sha256) throw new BackupDamaged(`${name}: ${path} is not what was written (SHA-256)`);
  }
  return manifest;
}

/** What a backup says of itself; its files are not looked at. Throws a BackupDamaged. */
export async function readManifest(directory: string): Promise<BackupManifest> {
  let text: string;
  try {
    text = await readFile(join(directory, MANIFEST_FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES')
      throw new BackupDamaged(`${directory} may not be read`);
    throw new BackupDamaged(`${directory} is no backup: it has no ${MANIFEST_FILE}`);
  }
  try {
    return BackupManifest.parse(JSON.parse(text));
  } catch {
    throw new BackupDamaged(`${directory}: ${MANIFEST_FILE} is not of a form this program reads`);
  }
}

/** Paths with / below the directory, in order, the manifest left out. */
async function filesBelow(directory: string): Promise<readonly string[]> {
  const paths: string[] = [];
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(directory, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else if (path !== MANIFEST_FILE) paths.push(path);
    }
  };
  await walk('');
  return paths.sort();
}
