/** A cell: row -1 is the headings'. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** How far one can go. */
export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** Rows that are seen at once. */
  readonly page: number;
}

/** What of a keyboard event matters. */
export type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>;

const within = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));

/** Where a key leads from a cell, as the grid pattern of the ARIA Authoring Practices says; undefined for other keys. */
export function steered({ key, ctrlKey, metaKey }: Key, { row, column }: Cell, extent: Extent): Cell | undefined {
  const [lastRow, lastColumn] = [extent.rows - 1, extent.columns - 1];
  const far = ctrlKey || metaKey;
  const to = (nextRow: number, nextColumn: number): Cell => ({
    row: within(nextRow, -1, lastRow),
    column: within(nextColumn, 0, lastColumn),
  });
  const page = Math.max(1, extent.page - 1);
  switch (key) {
    case 'ArrowDown':
      return to(far ? lastRow : row + 1, column);
    case 'ArrowUp':
      return to(far ? Math.min(0, row) : row - 1, column);
    case 'ArrowRight':
      return to(row, far ? lastColumn : column + 1);
    case 'ArrowLeft':
      return to(row, far ? 0 : column - 1);
    case 'PageDown':
      return to(Math.max(0, row) + page, column);
    case 'PageUp':
      return to(Math.max(Math.min(0, row), row - page), column);
    case 'Home':
      return far ? to(Math.min(0, lastRow), 0) : to(row, 0);
    case 'End':
      return far ? to(lastRow, lastColumn) : to(row, lastColumn);
    default:
      return undefined;
  }
}
