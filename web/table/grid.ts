import type { Snippet } from 'svelte';
import type { Sorting } from '../state/surface.svelte.ts';
import type { Column } from './columns.ts';

/** What a table of rows shows, and what becomes of them. */
export interface GridProps<T> {
  /** What the table is of, and how it is read by keyboard: for who cannot see it. */
  label: string;
  how: string;
  /** Undefined: one that is there and has not come yet. */
  rows: readonly (T | undefined)[];
  columns: readonly Column<T>[];
  sort: Sorting | null;
  /** The row that is open. */
  chosen: string | null;
  dense: boolean;
  /** Whether a row is high enough for two lines, and for a thumb. */
  tall: boolean;
  /** What stands where there is no row, and in one that has not come yet. */
  none: string;
  waiting: string;
  idOf(row: T): string;
  open(row: T): void;
  press(column: string): void;
  /** Whether somebody is reading the rows by keyboard. */
  reading(inside: boolean): void;
  /** Which rows are on the screen, or nearly so; given where rows come bit by bit. */
  seen?: ((places: readonly number[]) => void) | undefined;
  cell: Snippet<[T, Column<T>]>;
}
