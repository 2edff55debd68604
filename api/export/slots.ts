import { CodedError } from '../../model/problem.ts';

/** Counts what goes on for each key and for all, and refuses what would be too much at once. */
export class Slots {
  readonly #each: number;
  readonly #all: number;
  readonly #taken = new Map<string, number>();
  #total = 0;

  constructor({ each, all }: { readonly each: number; readonly all: number }) {
    this.#each = each;
    this.#all = all;
  }

  /** Takes a slot; whoever took it gives it back by calling the answer, once or more. Throws a CodedError. */
  take(key: string): () => void {
    const own = this.#taken.get(key) ?? 0;
    if (own >= this.#each) throw new CodedError('too-many-requests', `${this.#each} exports of this key are under way`);
    if (this.#total >= this.#all) throw new CodedError('overloaded', `${this.#all} exports are under way`);
    this.#taken.set(key, own + 1);
    this.#total += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#total -= 1;
      const left = (this.#taken.get(key) ?? 1) - 1;
      if (left === 0) this.#taken.delete(key);
      else this.#taken.set(key, left);
    };
  }
}
