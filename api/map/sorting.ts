import { yieldToOthers } from '../../storage/batches.ts';

/** Items sorted or merged before the event loop turns. */
const AT_ONCE = 2_000;

/** As `items.toSorted(compare)`, stable too, with turns of the event loop in between: long lists hold up nobody. */
export async function sortInTurns<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Promise<readonly Item[]> {
  let runs: (readonly Item[])[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    runs.push(items.slice(start, start + AT_ONCE).sort(compare));
    await yieldToOthers();
  }
  while (runs.length > 1) {
    const merged: (readonly Item[])[] = [];
    for (let i = 0; i < runs.length; i += 2) merged.push(await mergeInTurns(runs[i] ?? [], runs[i + 1] ?? [], compare));
    runs = merged;
  }
  return runs[0] ?? [];
}

/** Two sorted lists as one; of equals those of the first come first. */
export async function mergeInTurns<Item>(
  first: readonly Item[],
  second: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Promise<readonly Item[]> {
  if (second.length === 0) return first;
  const merged: Item[] = [];
  let [i, j] = [0, 0];
  while (i < first.length || j < second.length) {
    const [a, b] = [first[i], second[j]];
    if (a !== undefined && (b === undefined || compare(a, b) <= 0)) {
      merged.push(a);
      i += 1;
    } else if (b !== undefined) {
      merged.push(b);
      j += 1;
    }
    if (merged.length % AT_ONCE === 0) await yieldToOthers();
  }
  return merged;
}
