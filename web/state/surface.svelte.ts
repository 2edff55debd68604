import { changeAddress } from './address.ts';

/** The two faces of the same data. */
export const SURFACES = ['map', 'table'] as const;
export type SurfaceName = (typeof SURFACES)[number];

/** What the table has a row for. */
export const ROWS = ['devices', 'wards'] as const;
export type Rows = (typeof ROWS)[number];

/** What a table is sorted by. */
export interface Sorting {
  /** The column's id. */
  readonly column: string;
  readonly descending: boolean;
}

const SORT = /^(-?)([a-z][a-z-]{1,31})$/;
const one = <T extends string>(values: readonly T[], text: string | null): T | null =>
  values.find((known) => known === text) ?? null;

/** Whether the map or its table is shown, and how the table is ordered; all of it in the address. */
export class Surface {
  shown: SurfaceName = $state('map');
  /** Null: what the map's layer is of. */
  rows: Rows | null = $state(null);
  /** Null: by name. */
  sort: Sorting | null = $state.raw(null);
  /** Whether its rows are narrow. */
  dense = $state(false);

  constructor() {
    this.read();
  }

  /** Takes over what the address says. */
  read(): void {
    const query = new URLSearchParams(window.location.search);
    this.shown = one(SURFACES, query.get('show')) ?? 'map';
    this.rows = one(ROWS, query.get('rows'));
    this.dense = query.get('dense') === 'yes';
    const [, minus, column] = SORT.exec(query.get('sort') ?? '') ?? [];
    this.sort = column === undefined ? null : { column, descending: minus === '-' };
  }

  /** Shows the map or the table; Back undoes it. */
  show(shown: SurfaceName): void {
    if (shown === this.shown) return;
    this.shown = shown;
    changeAddress({ show: shown === 'map' ? null : shown }, 'push');
  }

  /** Lists devices or wards, in the order of their names. */
  list(rows: Rows): void {
    this.rows = rows;
    this.sort = null;
    changeAddress({ rows, sort: null });
  }

  /** Makes the rows narrow, or not. */
  pack(dense: boolean): void {
    this.dense = dense;
    changeAddress({ dense: dense ? 'yes' : null });
  }

  /** Sorts by a column; null: by name. */
  sortBy(sort: Sorting | null): void {
    this.sort = sort;
    changeAddress({ sort: sort === null ? null : `${sort.descending ? '-' : ''}${sort.column}` });
  }
}
