import { setImmediate } from 'node:timers/promises';

/** Cuts a list into runs of at most `size`. */
export function* batches<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** Items mapped before the event loop turns. */
const IN_A_TURN = 500;

/** As `items.map(map)`, with turns of the event loop in between: long lists hold up nobody. */
export async function mapInTurns<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += IN_A_TURN) {
    if (start > 0) await yieldToOthers();
    for (const item of items.slice(start, start + IN_A_TURN)) results.push(map(item));
  }
  return results;
}

/** Lets the event loop turn once: an embedded database works in this thread, and sockets wait meanwhile. */
export async function yieldToOthers(): Promise<void> {
  await setImmediate();
}
