import { setImmediate } from 'node:timers/promises';

/** Cuts a list into runs of at most `size`. */
export function* batches<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** Lets the event loop turn once: an embedded database works in this thread, and sockets wait meanwhile. */
export async function yieldToOthers(): Promise<void> {
  await setImmediate();
}
