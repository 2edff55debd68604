import { fold } from '../../model/fold.ts';

const MOST_KEPT = 100_000;
const kept = new Map<string, string>();

/** `fold` for texts that are asked for again and again: names hardly ever change, and folding is slow. */
export function folding(text: string): string {
  const known = kept.get(text);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const made = fold(text);
  kept.set(text, made);
  return made;
}
