import { mkdir } from 'node:fs/promises';
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
  release(): void;
}

/** Another process holds the data directory; `message` is one line. */
export class DataDirInUse extends Error {
  override readonly name = 'DataDirInUse';
}

/**
 * Makes the directory (mode 700) and takes it for this process. The lock is SQLite's own file lock: the kernel drops it
 * with the process, so that a city killed with -9 starts again at once.
 */
export async function openDataDir(path: string): Promise<DataDir> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { default: Database } = await import('libsql');
  const lock = new Database(join(path, 'lock.sqlite'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && /busy|locked/i.test(error.message))
      throw new DataDirInUse(`DATA_DIR ${path} is in use by another process`);
    throw error;
  }
  return {
    journal: join(path, 'journal'),
    telemetry: join(path, 'telemetry.duckdb'),
    sidecar: join(path, 'influx-sidecar'),
    registry: join(path, 'registry.sqlite'),
    quarantine: join(path, 'quarantine.sqlite'),
    adminKey: join(path, 'admin.key'),
    fleet: join(path, 'fleet.json'),
    release: () => lock.close(),
  };
}
