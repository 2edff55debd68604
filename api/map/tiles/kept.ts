import { LRUCache } from 'lru-cache';
import type { Snapshot } from './indexes.ts';

/** What was made of an index, by name: kept for whoever asks for the same next, and gone together with the index. */
export type Kept<Value extends object> = (index: Snapshot, name: string, make: () => Promise<Value>) => Promise<Value>;

/** `most`: how many are kept of one index. What could not be made is made anew. */
export function keptWithIndex<Value extends object>(most: number): Kept<Value> {
  const all = new WeakMap<Snapshot, LRUCache<string, Promise<Value>>>();
  return (index, name, make) => {
    const kept = all.get(index) ?? new LRUCache<string, Promise<Value>>({ max: most });
    all.set(index, kept);
    const known = kept.get(name);
    if (known) return known;
    const making = make();
    kept.set(name, making);
    making.catch(() => kept.delete(name));
    return making;
  };
}
