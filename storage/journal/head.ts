import { resolve } from 'node:path';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/**
 * The flushed head, in memory shared by the threads of the process. LMDB shows a commit to readers a moment before the
 * writer has synced its meta page; readers go no further than this number.
 * Threads inherit it when they start: open the writer before the thread that reads.
 */
export interface SharedHead {
  get(): number;
  set(head: number): void;
}

function over(memory: SharedArrayBuffer): SharedHead {
  const cell = new BigInt64Array(memory);
  return {
    get: () => Number(Atomics.load(cell, 0)),
    set: (head) => {
      Atomics.store(cell, 0, BigInt(head));
    },
  };
}

const nameOf = (path: string) => `journal-head:${resolve(path)}`;

/** The writer's end: made at the first opening of a path, then used again. */
export function publishHead(path: string): SharedHead {
  const known = getEnvironmentData(nameOf(path));
  if (known instanceof SharedArrayBuffer) return over(known);
  const memory = new SharedArrayBuffer(8);
  setEnvironmentData(nameOf(path), memory);
  return over(memory);
}

/** The reader's end; undefined when no writer of this process had the path open when the thread started. */
export function observeHead(path: string): Pick<SharedHead, 'get'> | undefined {
  const memory = getEnvironmentData(nameOf(path));
  return memory instanceof SharedArrayBuffer ? over(memory) : undefined;
}
