import type { Sorting } from '../state/surface.svelte.ts';
import type { Column } from './columns.ts';

/** The rows in the order of a column; those that are equal there, or have nothing there, stay in the order they came in. */
export function sorted<T>(rows: readonly T[], column: Column<T>, descending: boolean): readonly T[] {
  const sign = descending ? -1 : 1;
  const [key, group] = [column.keys(rows), column.groups?.(rows)];
  return rows
    .map((row) => ({ row, key: key(row), group: group?.(row) ?? 0 }))
    .sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
      return a.group - b.group || sign * (a.key - b.key);
    })
    .map(({ row }) => row);
}

/** The rows in the order they had before, those that are new at the end: an order to read by, while values go on. */
export function held<T>(
  rows: readonly T[],
  before: ReadonlyMap<string, number>,
  idOf: (row: T) => string,
): readonly T[] {
  return rows
    .map((row) => ({ row, place: before.get(idOf(row)) ?? Number.MAX_SAFE_INTEGER }))
    .sort((a, b) => a.place - b.place)
    .map(({ row }) => row);
}

/** What pressing a column's heading asks for: up, then down, then the order of names again. */
export function pressed(sort: Sorting | null, column: string): Sorting | null {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}
