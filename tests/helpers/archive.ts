import { join } from 'node:path';
import type { Observation } from '../../model/observation.ts';
import { openParquetArchive } from '../../storage/archive/parquet.ts';
import { DAY_MS, dayOf } from '../../storage/archive/port.ts';
import { openDuckDbStore } from '../../storage/telemetry/duckdb/store.ts';
import { temporaryDirectory } from './temporary.ts';

/** Makes an archive of the observations in the directory, as housekeeping would have. */
export async function archiveOf(directory: string, observations: readonly Observation[]): Promise<void> {
  const folder = await temporaryDirectory();
  const store = await openDuckDbStore({ path: join(folder.path, 'telemetry.duckdb') });
  const archive = await openParquetArchive({ directory });
  await store.put({ after: 0, upTo: 1, fresh: observations, corrections: [], tallies: [] });
  for (const day of new Set(observations.map(({ time }) => dayOf(time))))
    await archive.write(day, (path) => store.extract(day, day + DAY_MS, path));
  await Promise.all([archive.close(), store.close()]);
  await folder.remove();
}
