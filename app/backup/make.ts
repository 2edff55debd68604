import { copyFile, mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BackupOptions } from '../../api/deps.ts';
import { BACKUP_FORMAT, type Backup } from '../../model/backup.ts';
import { instant } from '../../model/observation.ts';
import { CodedError } from '../../model/problem.ts';
import type { Archive } from '../../storage/archive/port.ts';
import type { JournalWriter } from '../../storage/journal/port.ts';
import type { QuarantineStore } from '../../storage/quarantine/port.ts';
import type { Registry } from '../../storage/registry/port.ts';
import type { TelemetryReader } from '../../storage/telemetry/port.ts';
import type { DataDir } from '../data-dir.ts';
import { describeFiles, writeManifest } from './manifest.ts';
import { PARTIAL, prune } from './prune.ts';
import { sync } from './sync.ts';

/** Stays free on the disk, so that a backup never makes the journal refuse what devices send. */
const SPARE_BYTES = 256 * 2 ** 20;

export interface BackupDeps {
  readonly dir: DataDir;
  readonly store: 'duckdb' | 'influxdb';
  readonly telemetry: Pick<TelemetryReader, 'backup' | 'checkpoint'>;
  readonly archive: Pick<Archive, 'backup'>;
  readonly journal: Pick<JournalWriter, 'backup' | 'head'>;
  readonly registry: Pick<Registry, 'backup'>;
  readonly quarantine: Pick<QuarantineStore, 'backup'>;
}

const INFLUX_NOTE =
  'The observations are in InfluxDB and are not part of this backup: back InfluxDB up with its own tools, right after this.';

/** Answers how backups are made: one at a time, each in a directory of its own named by its time (UTC). */
export function createBackups(deps: BackupDeps): (options?: BackupOptions) => Promise<Backup> {
  let busy = false;
  return async ({ keep } = {}) => {
    if (busy) throw new CodedError('not-now', 'a backup is being made');
    busy = true;
    try {
      const backup = await makeBackup(deps);
      return { ...backup, pruned: keep === undefined ? [] : await prune(deps.dir.backups, keep) };
    } finally {
      busy = false;
    }
  };
}

/**
 * Copies the parts in an order that makes any moment between them good: the journal's copy, taken after the store's,
 * holds all that comes behind the store's checkpoint, and the restored city stores it again (docs/adr/0003). The
 * archive's comes behind the store's: a day that moves meanwhile is in both. The quarantine's stands between: it has all that the store's copy left aside, and what is replayed meanwhile is in the
 * journal's copy or not marked as replayed. The registry is last: it knows every device that the journal tells of.
 */
async function makeBackup({
  dir,
  store,
  telemetry,
  archive,
  journal,
  registry,
  quarantine,
}: BackupDeps): Promise<Omit<Backup, 'pruned'>> {
  const created = instant(Date.now());
  const path = join(dir.backups, created.replaceAll(/[-:]/g, '').replace('.', ''));
  await mkdir(dir.backups, { recursive: true, mode: 0o700 });
  // What a killed process left half made is in nobody's way but the disk's.
  for (const name of await readdir(dir.backups))
    if (name.endsWith(PARTIAL)) await rm(join(dir.backups, name), { recursive: true, force: true });
  await needRoom(dir);
  // Until its manifest is written it bears a name that no one takes for a backup.
  const partial = `${path}${PARTIAL}`;
  await mkdir(partial, { mode: 0o700 });
  try {
    const { seq: checkpoint } = await telemetry.checkpoint();
    await telemetry.backup(partial);
    await archive.backup(partial);
    await quarantine.backup(join(partial, basename(dir.quarantine)));
    const head = journal.head();
    await journal.backup(join(partial, basename(dir.journal)));
    await registry.backup(join(partial, basename(dir.registry)));
    for (const file of [dir.fleet, dir.unsent])
      await copyFile(file, join(partial, basename(file))).catch(unlessMissing);
    const files = await describeFiles(partial);
    for (const { path: name } of files) await sync(join(partial, name));
    const manifest = { format: BACKUP_FORMAT, created, store, checkpoint, head, files } as const;
    await writeManifest(partial, manifest);
    await rename(partial, path);
    await sync(dir.backups);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { ...manifest, path, bytes, note: store === 'influxdb' ? INFLUX_NOTE : null };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** Rejects with CodedError `no-room` where a copy of everything would not leave enough of the disk free. */
async function needRoom(dir: DataDir): Promise<void> {
  let bytes = 0;
  for (const path of [dir.telemetry, dir.sidecar, dir.journal, dir.registry, dir.quarantine])
    bytes += await sizeOf(path);
  const { bavail, bsize } = await statfs(dir.backups);
  if (bavail * bsize >= bytes + SPARE_BYTES) return;
  const megabytes = (size: number) => `${Math.ceil(size / 2 ** 20)} MiB`;
  throw new CodedError(
    'no-room',
    `${megabytes(bytes + SPARE_BYTES)} are needed, ${megabytes(bavail * bsize)} are free`,
  );
}

/** Bytes on the disk of a file, or of the files in a directory; 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return found.blocks * 512;
    const sizes = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))));
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch (error) {
    unlessMissing(error);
    return 0;
  }
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
