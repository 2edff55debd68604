import type { TelemetryReader, TelemetryStore } from '../../storage/telemetry/port.ts';
import type { IngestThreadOptions } from '../ingest-thread/protocol.ts';
import { openStore } from '../open-store.ts';

/**
 * A store that is opened at the first question: most commands ask none, and with InfluxDB there may be nobody to ask.
 * Ingest is not running, so that nothing is put into it.
 */
export function lateStore(options: IngestThreadOptions['store']): {
  readonly reader: TelemetryReader;
  close(): Promise<void>;
} {
  let opening: Promise<TelemetryStore> | undefined;
  const store = () => {
    opening ??= openStore(options);
    return opening;
  };
  return {
    reader: {
      ping: async () => (await store()).ping(),
      checkpoint: async () => (await store()).checkpoint(),
      held: async (identities) => (await store()).held(identities),
      heads: async () => (await store()).heads(),
      latest: async (devices) => (await store()).latest(devices),
      superseded: async (identity) => (await store()).superseded(identity),
      range: async (query) => (await store()).range(query),
      corrected: async (query) => (await store()).corrected(query),
      aggregate: async (query) => (await store()).aggregate(query),
      frames: async (query) => (await store()).frames(query),
      volume: async (query) => (await store()).volume(query),
      cells: async (devices, metric, from, to) => (await store()).cells(devices, metric, from, to),
      hours: async (devices, metric, from, to) => (await store()).hours(devices, metric, from, to),
      expire: async (rawBefore, hoursBefore) => (await store()).expire(rawBefore, hoursBefore),
      erase: async (devices) => (await store()).erase(devices),
      extract: async (from, to, path) => (await store()).extract(from, to, path),
      backup: async (directory) => (await store()).backup(directory),
    },
    async close() {
      // One that could not be opened has nothing to close.
      const opened = await opening?.catch(() => undefined);
      await opened?.close();
    },
  };
}
