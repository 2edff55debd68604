import { copyFile, link, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { asUnavailable } from './errors.ts';
import { daysIn, makeDirectoryOf, nameOf, PARTIAL, sizeOf, sync } from './files.ts';
import { openParquetReader } from './parquet-reader.ts';
import { type Archive, type ArchivedDay, ArchiveUnavailable, DAY_MS, dayOf } from './port.ts';

export interface ParquetArchiveOptions {
  /** Made when the first day is written. One process at a time. */
  readonly directory: string;
}

/**
 * The archive in Parquet files, written and read by a DuckDB of this process: `YYYY/MM/DD.parquet` in the form of columns.ts.
 * A file is never changed: it is replaced as a whole. Opening reads the names of the files and loads no DuckDB.
 */
export async function openParquetArchive({ directory }: ParquetArchiveOptions): Promise<Archive> {
  /** By day; undefined for a file that was not looked into yet. */
  const known = new Map<number, ArchivedDay | undefined>((await daysIn(directory)).map((day) => [day, undefined]));
  /** Days that have a moment of the span, the oldest first. */
  const between = (from: number, to: number) =>
    [...known.keys()].filter((day) => day + DAY_MS > from && day < to).sort((a, b) => a - b);

  const { ask, ...reader } = openParquetReader({ directory, days: between, name: 'engine' });
  const pathOf = (day: number) => join(directory, nameOf(day));
  /** What changes files, one after the other. */
  const keeping = pLimit(1);
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw asUnavailable(error);
    }
  };
  async function describe(day: number, path = pathOf(day)): Promise<ArchivedDay> {
    const { rows: observations, oldest, newest } = await ask((on) => on.describe(path));
    return { day, observations, bytes: await sizeOf(path), oldest, newest };
  }

  /** Makes a whole file the day's own. */
  async function adopt(partial: string, day: number): Promise<void> {
    const path = pathOf(day);
    await sync(partial);
    await rename(partial, path);
    // A directory that is new must be on the disk too.
    for (const at of [dirname(path), dirname(dirname(path)), directory]) await sync(at);
  }

  /** Runs `work` with the name of a file that is gone afterwards unless it was adopted. */
  function making<T>(day: number, work: (partial: string) => Promise<T>): Promise<T> {
    return keeping(() =>
      attempt(async () => {
        const partial = `${pathOf(day)}${PARTIAL}`;
        await makeDirectoryOf(partial);
        try {
          await rm(partial, { force: true });
          return await work(partial);
        } finally {
          for (const left of [partial, `${partial}.joined`]) await rm(left, { force: true });
        }
      }),
    );
  }

  return {
    ...reader,
    async days() {
      for (const [day, found] of known) if (!found) known.set(day, await describe(day));
      return [...known.values()].flatMap((day) => day ?? []).sort((a, b) => a.day - b.day);
    },
    write: (day, extract) =>
      making(day, async (partial) => {
        if (dayOf(day) !== day) throw new RangeError(`${day} is no midnight in UTC`);
        const written = await extract(partial);
        if (written.observations === 0) return known.get(day);
        const fresh = await ask((on) => on.check(partial));
        const wrong = fresh.observations !== written.observations || fresh.superseded !== written.superseded;
        if (wrong || fresh.oldest < day || fresh.newest >= day + DAY_MS)
          throw new ArchiveUnavailable(`the archive of ${nameOf(day)} is not what was to be written`);
        if (known.has(day)) {
          const joined = `${partial}.joined`;
          await ask((on) => on.join(pathOf(day), partial, joined));
          await rename(joined, partial);
        }
        const described = await describe(day, partial);
        await adopt(partial, day);
        known.set(day, described);
        return described;
      }),
    async erase(devices) {
      if (devices.length === 0) return 0;
      let gone = 0;
      for (const day of [...known.keys()])
        gone += await making(day, async (partial) => {
          if (!known.has(day)) return 0;
          const { going, rows } = await ask((on) => on.count(pathOf(day), devices));
          if (going === 0) return 0;
          if (going === rows) {
            known.delete(day);
            await rm(pathOf(day), { force: true });
            return going;
          }
          await ask((on) => on.without(pathOf(day), devices, partial));
          const described = await describe(day, partial);
          await adopt(partial, day);
          known.set(day, described);
          return going;
        });
      return gone;
    },
    expire: (before) =>
      keeping(() =>
        attempt(async () => {
          const old = [...known.keys()].filter((day) => day + DAY_MS <= before);
          for (const day of old) {
            known.delete(day);
            await rm(pathOf(day), { force: true });
          }
          return old.length;
        }),
      ),
    backup: (to) =>
      keeping(() =>
        attempt(async () => {
          for (const day of known.keys()) {
            const path = join(to, basename(directory), nameOf(day));
            await makeDirectoryOf(path);
            // Files never change: a second name is a copy, where the disk is the same.
            await link(pathOf(day), path).catch(() => copyFile(pathOf(day), path));
          }
        }),
      ),
    async close() {
      await keeping(async () => undefined);
      await reader.close();
    },
  };
}
