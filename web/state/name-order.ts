import type { Language } from '../../model/text.ts';

/**
 * The order of names in a language, numbers in them by their size. Comparing as people do is slow and names hardly ever
 * change: a text's place is worked out once, and again only when a text comes that was not known.
 */
export class NameOrder {
  readonly #collator: Intl.Collator;
  /** The last list that was put in order, and its order. */
  #texts: readonly string[] = [];
  #order: readonly number[] = [];
  #ranks: ReadonlyMap<string, number> = new Map();

  constructor(language: Language) {
    this.#collator = new Intl.Collator(language, { numeric: true });
  }

  /** The place of each text; texts that people read as the same have different places, always the same ones. */
  ranks(texts: Iterable<string>): ReadonlyMap<string, number> {
    const wanted = new Set(texts);
    if ([...wanted].some((text) => !this.#ranks.has(text))) {
      const sorted = [...wanted].sort(this.#collator.compare);
      this.#ranks = new Map(sorted.map((text, rank) => [text, rank]));
    }
    return this.#ranks;
  }

  /** The places in the list in the order of its texts: the same list as the last one has the same order. */
  order(texts: readonly string[]): readonly number[] {
    const before = this.#texts;
    if (before.length === texts.length && texts.every((text, at) => text === before[at])) return this.#order;
    const ranks = this.ranks(texts);
    const byPlace = texts.map((text) => ranks.get(text) ?? 0);
    this.#texts = texts;
    this.#order = [...texts.keys()].sort((a, b) => (byPlace[a] ?? 0) - (byPlace[b] ?? 0));
    return this.#order;
  }
}

const orders = new Map<Language, NameOrder>();

/** The one order of names in a language, for devices: whoever lists them shares what was worked out. */
export function deviceNames(language: Language): NameOrder {
  const known = orders.get(language) ?? new NameOrder(language);
  orders.set(language, known);
  return known;
}
