/**
 * Small integers for pairs of names: (device, metric) of a series, (provider, device) of an account. Kept in memory as
 * a whole, so that a row costs two look-ups; what was added counts only once it is settled.
 */
export class PairIndex {
  readonly #ids = new Map<string, Map<string, number>>();
  /** A hole for an id that was given up. */
  readonly #pairs: (readonly [string, string] | undefined)[] = [];
  #settled = 0;

  /** Takes a pair up as read from the table, in the order of ids, of which some may be missing. */
  load(id: number, first: string, second: string): void {
    if (id < this.#pairs.length) throw new Error(`the id ${id} of (${first}, ${second}) is not behind the one before`);
    this.skip(id - 1);
    this.#add(first, second);
    this.settle();
  }

  /** Gives no pair an id up to this one, from now on. */
  skip(id: number): void {
    if (id < this.#pairs.length) return;
    this.#pairs.length = id + 1;
    this.settle();
  }

  /** Gives up pairs by their ids: they are not found any more, and come back under new ids. */
  remove(ids: readonly number[]): void {
    for (const id of ids) {
      const [first, second] = this.pair(id);
      const seconds = this.#ids.get(first);
      if (seconds?.get(second) !== id) continue;
      seconds.delete(second);
      if (seconds.size === 0) this.#ids.delete(first);
    }
  }

  find(first: string, second: string): number | undefined {
    return this.#ids.get(first)?.get(second);
  }

  /** The pair's id, a new one when it has none. */
  idOf(first: string, second: string): number {
    return this.#ids.get(first)?.get(second) ?? this.#add(first, second);
  }

  /** Ids of the pairs whose first and second name are among the given; undefined stands for any. */
  matching(firsts: readonly string[] | undefined, seconds: readonly string[] | undefined): number[] {
    const wanted = seconds && new Set(seconds);
    const groups = firsts ? [...new Set(firsts)].map((first) => this.#ids.get(first)) : this.#ids.values();
    const ids: number[] = [];
    for (const group of groups) {
      for (const [second, id] of group ?? []) if (!wanted || wanted.has(second)) ids.push(id);
    }
    return ids;
  }

  pair(id: number): readonly [string, string] {
    const pair = this.#pairs[id];
    if (!pair) throw new RangeError(`there is no pair with id ${id}`);
    return pair;
  }

  /** Pairs added and not settled yet, with their ids. */
  *added(): Iterable<readonly [number, string, string]> {
    for (let id = this.#settled; id < this.#pairs.length; id += 1) yield [id, ...this.pair(id)];
  }

  /** What was added is committed. */
  settle(): void {
    this.#settled = this.#pairs.length;
  }

  /** What was added is rolled back. */
  forget(): void {
    for (const [, first, second] of this.added()) this.#ids.get(first)?.delete(second);
    this.#pairs.length = this.#settled;
  }

  #add(first: string, second: string): number {
    const id = this.#pairs.length;
    this.#pairs.push([first, second]);
    const seconds = this.#ids.get(first);
    if (seconds) seconds.set(second, id);
    else this.#ids.set(first, new Map([[second, id]]));
    return id;
  }
}
