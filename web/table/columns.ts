import type { NameOrder } from '../state/name-order.ts';

/** What a row is sorted by. */
export type Key<T> = (row: T) => number | null;

/** A column of a table: how a row is told there, and what it is sorted by. */
export interface Column<T> {
  readonly id: string;
  /** Its heading. */
  readonly name: string;
  /** CSS pixels it takes at least; what is left over goes to those that `grow`. */
  readonly width: number;
  readonly grow?: boolean;
  /** Figures stand at the right. */
  readonly numeric?: boolean;
  /** Shown on a phone too. */
  readonly narrow?: boolean;
  /** What is sorted apart: figures of different metrics are not compared with each other. */
  groups?(rows: readonly T[]): Key<T>;
  /** What these rows are sorted by; null stands at the end, whichever way. */
  keys(rows: readonly T[]): Key<T>;
  /** What the cell says, in words. */
  text(row: T): string;
}

/** Sorting by a text, as people do in the language of `order`; an empty one counts as nothing. */
export const byText =
  <T>(order: NameOrder, text: (row: T) => string) =>
  (rows: readonly T[]): Key<T> => {
    const ranks = order.ranks(rows.map(text));
    return (row) => {
      const said = text(row);
      return said === '' ? null : (ranks.get(said) ?? null);
    };
  };

/** Sorting by a number. */
export const byNumber =
  <T>(key: Key<T>) =>
  (): Key<T> =>
    key;
