import pLimit from 'p-limit';
import type { Language } from '../../model/text.ts';
import { mergeInTurns, sortInTurns } from './sorting.ts';

/** Names that are known and asked for no more are let go of once they are so many times those asked for. */
const SPARE = 2;

/**
 * The order of names in a language, numbers in them by their size. Comparing as people do takes some microseconds and names
 * hardly ever change: they are put in order once, and those that come later between them.
 */
export class Names {
  readonly #compare: (a: string, b: string) => number;
  readonly #one = pLimit(1);
  #sorted: readonly string[] = [];
  #ranks: ReadonlyMap<string, number> = new Map();

  constructor(language: Language) {
    this.#compare = new Intl.Collator(language, { numeric: true }).compare;
  }

  /** The place of each of the names; others may have places too. */
  ranks(names: Iterable<string>): Promise<ReadonlyMap<string, number>> {
    const wanted = new Set(names);
    return this.#one(async () => {
      const unknown = [...wanted].filter((name) => !this.#ranks.has(name));
      if (unknown.length === 0) return this.#ranks;
      const kept =
        this.#sorted.length > SPARE * wanted.size ? this.#sorted.filter((name) => wanted.has(name)) : this.#sorted;
      this.#sorted = await mergeInTurns(kept, await sortInTurns(unknown, this.#compare), this.#compare);
      this.#ranks = new Map(this.#sorted.map((name, rank) => [name, rank]));
      return this.#ranks;
    });
  }
}
