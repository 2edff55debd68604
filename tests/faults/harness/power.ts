import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTrace, type TracedCall } from '../trace.ts';
import type { Lab } from './lab.ts';
import { PageCache } from './page-cache.ts';
import { attach } from './strace.ts';

/** What was lost with the power. */
export interface Cut {
  /** Flushes of the journal that succeeded since the watch began, and that failed. */
  readonly flushes: number;
  readonly failures: number;
  /** Pages of the journal that were written and not on disk. */
  readonly unflushed: number;
}

/** A city whose journal's writes are watched, so that the power can be cut. */
export interface Watched {
  /** Flushes of the journal that failed so far. */
  failures(): Promise<number>;
  /**
   * The process ends at once. Of the journal the disk holds what a flush took there, no more; of the store nothing that
   * came after the watch began, for it has to be made again from the journal. The city is not started.
   */
  cut(): Promise<Cut>;
}

/**
 * Watches the running city's journal with strace, `faults` being what else strace does to it. Nothing may be sent
 * meanwhile: all that the data directory holds now counts as on disk.
 */
export async function watchPower(lab: Lab, folder: string, faults: readonly string[]): Promise<Watched> {
  const file = join(lab.journal, 'data.mdb');
  const kept = join(folder, 'kept');
  await rm(kept, { recursive: true, force: true });
  await cp(lab.dataDir, kept, { recursive: true });
  const trace = await attach(lab.city.pid, join(folder, 'power'), [
    ...[
      '-P',
      file,
      '-xx',
      '-s',
      String(2 ** 26),
      '-e',
      'trace=lseek,write,writev,pwrite64,pwritev,ftruncate,fsync,fdatasync',
    ],
    ...faults,
  ]);
  const before = await readFile(file);
  const failed = ({ name, result }: TracedCall): boolean => name === 'fdatasync' && result < 0;
  return {
    failures: async () => (await trace.calls()).filter(failed).length,
    async cut() {
      await lab.kill();
      await trace.ended;
      const calls = parseTrace(await trace.text());
      const cache = new PageCache(before);
      cache.take(calls);
      await rm(lab.dataDir, { recursive: true });
      await cp(kept, lab.dataDir, { recursive: true });
      await writeFile(join(lab.journal, 'data.mdb'), cache.image());
      await rm(join(lab.journal, 'lock.mdb'), { force: true });
      return { flushes: cache.flushes, failures: calls.filter(failed).length, unflushed: cache.unflushed };
    },
  };
}
