import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Observation } from '../../model/observation.ts';
import { makeDirectoryOf, PARTIAL, sizeOf } from './files.ts';

/** A file that is made for one reader. */
export interface ExportedFile {
  readonly path: string;
  readonly bytes: number;
  remove(): Promise<void>;
}

/** Writes what `fill` adds into a Parquet file, ordered by time, device and metric. One at a time; others wait. */
export type ParquetExport = (fill: (add: (observation: Observation) => void) => Promise<void>) => Promise<ExportedFile>;

/** Files are made in the directory; what a killed process left of them goes when the archive there is opened. */
export function createParquetExport(directory: string): ParquetExport {
  const one = pLimit(1);
  return (fill) =>
    one(async () => {
      const path = join(directory, `export-${randomUUID()}${PARTIAL}`);
      await makeDirectoryOf(path);
      const remove = () => rm(path, { force: true });
      try {
        // Loads DuckDB, which most cities never need here.
        const { writeExport } = await import('./write-rows.ts');
        await writeExport(path, (rows) => fill(rows.add));
        return { path, bytes: await sizeOf(path), remove };
      } catch (error) {
        await remove();
        throw error;
      }
    });
}
