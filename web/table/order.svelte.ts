import { untrack } from 'svelte';
import type { Sorting } from '../state/surface.svelte.ts';
import type { Column } from './columns.ts';
import { held, sorted } from './sorting.ts';

/** How often rows find their places anew while values come. */
const SETTLE_MS = 5_000;

/** What an order is made of. */
export interface Ordering<T> {
  readonly rows: () => readonly T[];
  readonly columns: () => readonly Column<T>[];
  readonly sort: () => Sorting | null;
  readonly now: () => number;
  readonly idOf: (row: T) => string;
  /** Rows find their places at once when this is another: all values came anew. */
  readonly fresh?: () => unknown;
}

/**
 * Rows in the order that was asked for. Values come all the time: who reads would lose the place if every one moved a
 * row, so rows find their places again every few seconds, and not at all while somebody goes through them by keyboard.
 */
export class RowOrder<T> {
  readonly #of: Ordering<T>;
  /** Whether somebody reads the rows by keyboard. */
  reading = $state(false);
  #held: { readonly sorting: string; readonly places: ReadonlyMap<string, number> } | null = null;

  constructor(of: Ordering<T>) {
    this.#of = of;
  }

  readonly #turn = $derived.by(() => (this.reading ? 'reading' : Math.floor(this.#of.now() / SETTLE_MS)));
  readonly #sorting = $derived.by(() => {
    const { columns, sort } = this.#of;
    const [asked, all] = [sort(), columns()];
    const column = all.find(({ id }) => id === asked?.column) ?? all[0];
    return { column, descending: asked?.descending === true, name: `${column?.id} ${asked?.descending}` };
  });
  /** Every row's place by the values of this turn. */
  readonly #places: ReadonlyMap<string, number> = $derived.by(() => {
    const [turn, { name }] = [this.#turn, this.#sorting];
    void this.#of.fresh?.();
    if (turn === 'reading' && this.#held?.sorting === name) return this.#held.places;
    return untrack(() => this.#sort());
  });
  readonly rows: readonly T[] = $derived.by(() => {
    const { rows, idOf } = this.#of;
    const all = rows();
    const places = this.#places;
    // What came meanwhile belongs where it belongs; only a reader is not to be shaken.
    const strangers = !this.reading && all.some((row) => !places.has(idOf(row)));
    return held(all, strangers ? untrack(() => this.#sort()) : places, idOf);
  });

  #sort(): ReadonlyMap<string, number> {
    const { rows, idOf } = this.#of;
    const { column, descending, name } = this.#sorting;
    const inOrder = column === undefined ? rows() : sorted(rows(), column, descending);
    const places = new Map(inOrder.map((row, place) => [idOf(row), place]));
    this.#held = { sorting: name, places };
    return places;
  }
}
