import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Observation } from '../../model/observation.ts';
import { openEngine } from './engine.ts';
import { asUnavailable } from './errors.ts';
import { nameOf, PARTIAL } from './files.ts';
import { type ArchiveReader, dayOf } from './port.ts';
import { queries } from './queries.ts';

export interface ParquetReaderOptions {
  readonly directory: string;
  /** Days (UTC midnights, ms) whose files are there and that have a moment of the span, the oldest first. */
  readonly days: (from: number, to: number) => readonly number[] | Promise<readonly number[]>;
  /** Names what is spilled to the disk: two readers of one directory must not share it. */
  readonly name: string;
}

/** Reads the archive's files by a DuckDB of its own, loaded when the first day is read. */
export function openParquetReader({ directory, days, name }: ParquetReaderOptions) {
  const spill = join(directory, `${name}${PARTIAL}`);
  let opening: ReturnType<typeof openEngine> | undefined;
  const engine = () => {
    opening ??= openEngine(spill).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const pathOf = (day: number) => join(directory, nameOf(day));
  /** Readings at once. */
  const reading = pLimit(2);

  /** Asks DuckDB about files. Rejects with an ArchiveUnavailable where a file or the disk is in the way. */
  async function ask<T>(work: (on: ReturnType<typeof queries>) => Promise<T>): Promise<T> {
    try {
      return await (await engine()).use((connection) => work(queries(connection)));
    } catch (error) {
      throw asUnavailable(error);
    }
  }

  const reader: ArchiveReader & { close(): Promise<void> } = {
    holds: async (from, to) => (await days(from, to)).length > 0,
    async read(query) {
      const { after, limit } = query;
      const from = Math.max(query.from, after?.time ?? query.from);
      const found: Observation[] = [];
      for (const day of await days(from, query.to)) {
        if (found.length >= limit) break;
        const page = { ...query, limit: limit - found.length };
        // A file that went meanwhile was deleted with its observations.
        if ((await days(day, day + 1)).length > 0)
          found.push(...(await reading(() => ask((on) => on.range(pathOf(day), page)))));
      }
      return found;
    },
    async superseded(identity) {
      const day = dayOf(identity.time);
      if ((await days(day, day + 1)).length === 0) return [];
      return reading(() => ask((on) => on.superseded(pathOf(day), identity)));
    },
    async close() {
      const opened = await opening?.catch(() => undefined);
      opened?.close();
      await rm(spill, { recursive: true, force: true });
    },
  };
  return { ...reader, ask };
}
