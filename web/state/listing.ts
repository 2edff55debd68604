import { fold } from '../../model/fold.ts';
import type { Level } from '../../model/level.ts';
import type { Language } from '../../model/text.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';
import type { Mark } from './mark.ts';

/** The level a list is narrowed to, null for any. */
export type RatingFilter = Level | null;

/** What a list is narrowed by: every one of the words must be found in name, kind or id. */
export interface ListFilter {
  readonly words: string;
  readonly rating: RatingFilter;
}

/** The marks that pass, by name in the order of the language: an order that live values do not shake. */
export function listed(
  marks: readonly Mark[],
  { words, rating }: ListFilter,
  catalogue: CatalogueStore,
  language: Language,
): readonly Mark[] {
  const wanted = fold(words).split(/\s+/).filter(Boolean);
  const found = marks.filter((mark) => {
    if (rating !== null && (mark.rating !== rating || mark.faded)) return false;
    if (wanted.length === 0) return true;
    const { id, name, domain, kind } = mark.device;
    const text = fold(`${name} ${catalogue.kind(domain, kind)?.name[language] ?? kind} ${id}`);
    return wanted.every((word) => text.includes(word));
  });
  const order = new Intl.Collator(language, { numeric: true });
  return found.sort((a, b) => order.compare(a.device.name, b.device.name));
}

/** How many devices stand at each level now; those that fell silent are not counted. */
export function countByRating(marks: readonly Mark[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { rating, faded } of marks)
    if (rating !== null && !faded) counts.set(rating, (counts.get(rating) ?? 0) + 1);
  return counts;
}
