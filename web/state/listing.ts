import { fold } from '../../model/fold.ts';
import type { Language } from '../../model/text.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';
import { folding } from './folding.ts';
import type { Mark } from './mark.ts';
import { deviceNames } from './name-order.ts';

/** Whether every one of the words is found in a device's name, kind (in either language) or id, marks or none. */
export function matching(words: string, catalogue: CatalogueStore): (mark: Mark) => boolean {
  const wanted = fold(words).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return () => true;
  return ({ device: { id, name, domain, kind } }) => {
    const row = catalogue.kind(domain, kind)?.name;
    const text = folding(`${name} ${row ? `${row.vi} ${row.en}` : kind} ${id}`);
    return wanted.every((word) => text.includes(word));
  };
}

/** Marks by name in the order of the language: an order that live values do not shake. */
export function inOrder(marks: readonly Mark[], language: Language): readonly Mark[] {
  const order = deviceNames(language).order(marks.map(({ device }) => device.name));
  return order.flatMap((at) => marks[at] ?? []);
}
