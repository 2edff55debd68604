import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { RangeQuery } from '../telemetry/port.ts';
import type { bucketQueries } from './bucket-queries.ts';
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

  /** Asks about every day of the span, one after the other, until the signal says that nobody waits for it. */
  async function askEach(
    { from, to, signal }: { from: number; to: number; signal?: AbortSignal | undefined },
    work: (on: ReturnType<typeof bucketQueries>, path: string) => Promise<void>,
  ): Promise<void> {
    for (const day of await days(from, to))
      await reading(async () => {
        signal?.throwIfAborted();
        // A file that went meanwhile was deleted with its observations.
        if ((await days(day, day + 1)).length > 0) await askBuckets((on) => work(on, pathOf(day)), signal);
      });
  }

  async function askBuckets(
    work: (on: ReturnType<typeof bucketQueries>) => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    try {
      const [{ use }, { bucketQueries: queriesOn }] = await Promise.all([engine(), import('./bucket-queries.ts')]);
      await use(async (connection) => {
        const interrupt = () => connection.interrupt();
        signal?.addEventListener('abort', interrupt, { once: true });
        try {
          await work(queriesOn(connection));
        } finally {
          signal?.removeEventListener('abort', interrupt);
        }
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw asUnavailable(error);
    }
  }

  /** Asks DuckDB about files. Rejects with an ArchiveUnavailable where a file or the disk is in the way. */
  async function ask<T>(work: (on: ReturnType<typeof queries>) => Promise<T>): Promise<T> {
    try {
      return await (await engine()).use((connection) => work(queries(connection)));
    } catch (error) {
      throw asUnavailable(error);
    }
  }

  /** A page gathered day by day. */
  async function readPage<T>(
    query: RangeQuery,
    work: (on: ReturnType<typeof queries>, path: string, page: RangeQuery) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const { after, limit } = query;
    const from = Math.max(query.from, after?.time ?? query.from);
    const found: T[] = [];
    for (const day of await days(from, query.to)) {
      if (found.length >= limit) break;
      const page = { ...query, limit: limit - found.length };
      // A file that went meanwhile was deleted with its observations.
      if ((await days(day, day + 1)).length > 0)
        found.push(...(await reading(() => ask((on) => work(on, pathOf(day), page)))));
    }
    return found;
  }

  const reader: ArchiveReader & { close(): Promise<void> } = {
    between: async (from, to) => days(from, to),
    holds: async (from, to) => (await days(from, to)).length > 0,
    read: (query) => readPage(query, (on, path, page) => on.range(path, page)),
    corrected: (query) => readPage(query, (on, path, page) => on.corrected(path, page)),
    async superseded(identity) {
      const day = dayOf(identity.time);
      if ((await days(day, day + 1)).length === 0) return [];
      return reading(() => ask((on) => on.superseded(pathOf(day), identity)));
    },
    frames: (query, take) => askEach(query, (on, path) => on.frames(path, query, take)),
    counts: (query, take) => askEach(query, (on, path) => on.counts(path, query, take)),
    async cells(devices, metric, from, to) {
      const found = new Set<string>();
      await askEach({ from, to }, async (on, path) => {
        for (const cell of await on.cells(path, devices, metric, from, to)) found.add(cell);
      });
      return [...found];
    },
    async close() {
      const opened = await opening?.catch(() => undefined);
      opened?.close();
      await rm(spill, { recursive: true, force: true });
    },
  };
  return { ...reader, ask };
}
