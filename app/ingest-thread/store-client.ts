import { StoreUnavailable, type TelemetryReader } from '../../storage/telemetry/port.ts';
import type { Outcome, StoreCalls } from './protocol.ts';
import { gathered } from './slices.ts';

/** The store as a thread sees it that does not hold it. */
export function storeOver(ingest: StoreCalls): TelemetryReader {
  return {
    ping: async () => unwrap(await ingest.ping()),
    checkpoint: async () => unwrap(await ingest.checkpoint()),
    held: async (identities) => unwrap(await ingest.held(identities)),
    heads: async () => unwrap(await ingest.heads()),
    latest: async (devices) => unwrap(await ingest.latest(devices)),
    superseded: async (identity) => unwrap(await ingest.superseded(identity)),
    range: async (query) =>
      gathered(unwrap(await ingest.range(query)), async (rest) => unwrap(await ingest.rangeOn(rest))),
    corrected: async (query) =>
      gathered(unwrap(await ingest.corrected(query)), async (rest) => unwrap(await ingest.correctedOn(rest))),
    aggregate: async (query) =>
      gathered(unwrap(await ingest.aggregate(query)), async (rest) => unwrap(await ingest.aggregateOn(rest))),
    frames: async (query) =>
      gathered(unwrap(await ingest.frames(query)), async (rest) => unwrap(await ingest.framesOn(rest))),
    volume: async (query) =>
      gathered(unwrap(await ingest.volume(query)), async (rest) => unwrap(await ingest.volumeOn(rest))),
    cells: async (devices, metric, from, to) => unwrap(await ingest.cells(devices, metric, from, to)),
    hours: async (devices, metric, from, to) => unwrap(await ingest.hours(devices, metric, from, to)),
    expire: async (rawBefore, hoursBefore) => unwrap(await ingest.expire(rawBefore, hoursBefore)),
    erase: async (devices) => unwrap(await ingest.erase(devices)),
    extract: async (from, to, path) => unwrap(await ingest.extract(from, to, path)),
    backup: async (directory) => unwrap(await ingest.backup(directory)),
  };
}

/** What was answered, or the error that kept it from being answered. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if ('ok' in outcome) return outcome.ok;
  if ('unavailable' in outcome) throw new StoreUnavailable(outcome.unavailable);
  throw new Error(outcome.failed);
}
