import type { TelemetryStore } from '../port.ts';
import type { DuckDbOptions } from './options.ts';

/**
 * Opens the telemetry store on an embedded DuckDB file. Loads DuckDB only here, so that who does not use it does not pay
 * for it. Throws a StoreUnavailable when another process holds the file.
 */
export async function openDuckDbStore(options: DuckDbOptions): Promise<TelemetryStore> {
  const { DuckDbStore } = await import('./duckdb-store.ts');
  return DuckDbStore.open(options);
}
