import { constants } from 'node:fs';
import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths of what a city keeps, and the lock that says it is in use. */
export interface DataDir {
  readonly journal: string;
  readonly telemetry: string;
  readonly sidecar: string;
  readonly registry: string;
  readonly quarantine: string;
  readonly adminKey: string;
  readonly fleet: string;
  /** Which simulated devices have not sent their history yet. */
  readonly unsent: string;
  /** What a running city says of itself. */
  readonly running: string;
  readonly backups: string;
  readonly archive: string;
  release(): void;
}

/** The data directory cannot be had: another process holds it, or it cannot be written. `message` is one line. */
export class DataDirError extends Error {
  override readonly name = 'DataDirError';
  /** Whether another process holds it. */
  readonly inUse: boolean;
  constructor(message: string, inUse: boolean) {
    super(message);
    this.inUse = inUse;
  }
}

/**
 * Makes the directory (mode 700) and takes it for this process. The lock is SQLite's own file lock: the kernel drops it
 * with the process, so that a city killed with -9 starts again at once.
 */
export async function openDataDir(path: string): Promise<DataDir> {
  const lock = await lockDirectory(path);
  const paths = pathsOf(path);
  // A city that was killed could not take back what it said.
  await rm(paths.running, { force: true });
  return { ...paths, release: () => lock.close() };
}

/** Where everything of a data directory is; nothing is opened. */
export function pathsOf(path: string): Omit<DataDir, 'release'> {
  return {
    journal: join(path, 'journal'),
    telemetry: join(path, 'telemetry.duckdb'),
    sidecar: join(path, 'influx-sidecar'),
    registry: join(path, 'registry.sqlite'),
    quarantine: join(path, 'quarantine.sqlite'),
    adminKey: join(path, 'admin.key'),
    fleet: join(path, 'fleet.json'),
    unsent: join(path, 'fleet-unsent.json'),
    running: join(path, 'city.json'),
    backups: join(path, 'backups'),
    archive: join(path, 'archive'),
  };
}

async function lockDirectory(path: string): Promise<{ close(): void }> {
  const { default: Database } = await import('libsql');
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.W_OK);
    const lock = new Database(join(path, 'lock.sqlite'), { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY')
      throw new DataDirError(`DATA_DIR ${path} is in use by another process`, true);
    throw new DataDirError(`DATA_DIR ${path} cannot be used: ${reason}`, false);
  }
}
