/** The rows of a table in their order, as it is shown. */
export interface Rows<T> {
  /** Undefined: one that has not come yet. */
  readonly rows: readonly (T | undefined)[];
  /** Whether somebody reads the rows by keyboard. */
  reading: boolean;
}
