/** How to open the embedded store; sizes as DuckDB writes them, such as `128MB`. */
export interface DuckDbOptions {
  /** The database file; made when it is not there. One process at a time. */
  readonly path: string;
  /** What DuckDB may keep in memory, a soft limit; beyond it queries spill beside the file. */
  readonly memoryLimit?: string | undefined;
  /** Size of the write-ahead log at which it is folded into the file: larger keeps commits short. */
  readonly checkpointThreshold?: string | undefined;
  /** Threads DuckDB works with beside the caller's, which give way to all others; one per core unless given. */
  readonly threads?: number | undefined;
  /** Rows that gather in `recent` before they are settled. */
  readonly settleAfter?: number | undefined;
}
