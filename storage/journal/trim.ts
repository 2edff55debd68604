import { type ChunkKey, rawRecords } from './chunk.ts';
import type { Databases } from './databases.ts';

/** Chunks deleted in one transaction (about 4 MiB of entries): appends never wait for more. */
const CHUNKS_PER_STEP = 64;

/** One bounded step of a trim. */
export interface TrimStep {
  readonly removed: readonly ChunkKey[];
  /** Everything up to here is trimmed after the step. */
  readonly trimmed: number;
  /** Whether another step may find more. */
  readonly more: boolean;
}

/**
 * What to delete next: entries behind `trimmed`, up to `upTo`, until the first that was not received before `before`.
 * A chunk goes when its last entry does; readers skip what is trimmed of the first.
 */
export function nextTrimStep(databases: Databases, trimmed: number, upTo: number, before: number): TrimStep {
  const removed: ChunkKey[] = [];
  let reached = trimmed;
  for (const key of databases.entries.getKeys({ start: [trimmed + 1], limit: CHUNKS_PER_STEP })) {
    const [last, , newest] = key;
    if (last > upTo || newest >= before) {
      return { removed, trimmed: prefixOf(databases, key, reached, upTo, before), more: false };
    }
    removed.push(key);
    reached = last;
  }
  return { removed, trimmed: reached, more: removed.length === CHUNKS_PER_STEP };
}

/** How far the trim gets inside a chunk that has to stay. */
function prefixOf(databases: Databases, key: ChunkKey, trimmed: number, upTo: number, before: number): number {
  let reached = trimmed;
  if (reached >= upTo) return reached;
  const bytes = databases.entries.get(key);
  if (!bytes) return reached;
  let seq = key[0] - key[1];
  for (const { received } of rawRecords(bytes)) {
    seq += 1;
    if (seq <= trimmed) continue;
    if (seq > upTo || received >= before) break;
    reached = seq;
  }
  return reached;
}
