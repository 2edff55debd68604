import type { TelemetryStore } from '../storage/telemetry/port.ts';
import type { IngestThreadOptions } from './ingest-thread/protocol.ts';

/** Opens the telemetry store that the settings name; its client is loaded only now. */
export async function openStore(options: IngestThreadOptions['store']): Promise<TelemetryStore> {
  if (options.kind === 'duckdb') {
    const { openDuckDbStore } = await import('../storage/telemetry/duckdb/store.ts');
    return openDuckDbStore(options);
  }
  const { openInfluxStore } = await import('../storage/telemetry/influxdb/store.ts');
  return openInfluxStore(options);
}
