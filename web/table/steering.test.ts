import fc from 'fast-check';
import { expect, test } from 'vitest';
import { steered } from './steering.ts';

const KEYS = ['ArrowDown', 'ArrowUp', 'ArrowRight', 'ArrowLeft', 'PageDown', 'PageUp', 'Home', 'End'] as const;
const extent = { rows: 50_000, columns: 10, page: 20 };
const after = (key: string, row: number, column: number, ctrlKey = false) =>
  steered({ key, ctrlKey, metaKey: false }, { row, column }, extent);

test('arrows go from cell to cell and up into the headings', () => {
  expect(after('ArrowDown', 0, 3)).toEqual({ row: 1, column: 3 });
  expect(after('ArrowUp', 0, 3)).toEqual({ row: -1, column: 3 });
  expect(after('ArrowDown', -1, 3)).toEqual({ row: 0, column: 3 });
  expect(after('ArrowRight', 5, 9)).toEqual({ row: 5, column: 9 });
});

test('a page leaves one row in sight, and ends at the first row, not in the headings', () => {
  expect(after('PageDown', 100, 0)).toEqual({ row: 119, column: 0 });
  expect(after('PageUp', 5, 0)).toEqual({ row: 0, column: 0 });
  expect(after('PageDown', 49_995, 0)).toEqual({ row: 49_999, column: 0 });
});

test('Home and End go along the row, with Ctrl to the first and the last cell of all', () => {
  expect(after('Home', 7, 4)).toEqual({ row: 7, column: 0 });
  expect(after('End', 7, 4)).toEqual({ row: 7, column: 9 });
  expect(after('Home', 7, 4, true)).toEqual({ row: 0, column: 0 });
  expect(after('End', 7, 4, true)).toEqual({ row: 49_999, column: 9 });
});

test('other keys lead nowhere', () => {
  expect(after('a', 1, 1)).toBeUndefined();
  expect(after('Tab', 1, 1)).toBeUndefined();
});

test('any keys in any order never leave the table', () => {
  const press = fc.record({ key: fc.constantFrom(...KEYS), ctrlKey: fc.boolean(), metaKey: fc.constant(false) });
  const size = fc.record({ rows: fc.nat(40), columns: fc.integer({ min: 1, max: 12 }), page: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(press), size, (presses, { rows, columns, page }) => {
      let cell = { row: -1, column: 0 };
      for (const each of presses) {
        cell = steered(each, cell, { rows, columns, page }) ?? cell;
        expect(cell.row).toBeGreaterThanOrEqual(-1);
        expect(cell.row).toBeLessThan(Math.max(rows, 0));
        expect(cell.column).toBeGreaterThanOrEqual(0);
        expect(cell.column).toBeLessThan(columns);
      }
    }),
  );
});
