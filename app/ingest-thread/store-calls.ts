import type { Observation } from '../../model/observation.ts';
import {
  type AggregateRow,
  type Corrected,
  type FrameSeries,
  StoreUnavailable,
  type TelemetryStore,
  type VolumeRow,
} from '../../storage/telemetry/port.ts';
import type { Outcome, StoreCalls } from './protocol.ts';
import { Slices } from './slices.ts';

/** What other threads may ask of the store, answered by the one that holds it. `opened` throws while it is not open. */
export function storeCalls(opened: () => TelemetryStore): StoreCalls {
  const ranges = new Slices<Observation>();
  const corrections = new Slices<Corrected>();
  const aggregates = new Slices<AggregateRow>();
  const frames = new Slices<FrameSeries>();
  const volumes = new Slices<VolumeRow>();
  return {
    ping: () => outcome(() => opened().ping()),
    checkpoint: () => outcome(() => opened().checkpoint()),
    held: (identities) => outcome(() => opened().held(identities)),
    heads: () => outcome(() => opened().heads()),
    latest: (devices) => outcome(() => opened().latest(devices)),
    superseded: (identity) => outcome(() => opened().superseded(identity)),
    range: (query) => outcome(async () => ranges.first(await opened().range(query))),
    rangeOn: (rest) => outcome(async () => ranges.next(rest)),
    corrected: (query) => outcome(async () => corrections.first(await opened().corrected(query))),
    correctedOn: (rest) => outcome(async () => corrections.next(rest)),
    aggregate: (query) => outcome(async () => aggregates.first(await opened().aggregate(query))),
    aggregateOn: (rest) => outcome(async () => aggregates.next(rest)),
    frames: (query) => outcome(async () => frames.first(await opened().frames(query))),
    framesOn: (rest) => outcome(async () => frames.next(rest)),
    volume: (query) => outcome(async () => volumes.first(await opened().volume(query))),
    volumeOn: (rest) => outcome(async () => volumes.next(rest)),
    cells: (devices, metric, from, to) => outcome(() => opened().cells(devices, metric, from, to)),
    hours: (devices, metric, from, to) => outcome(() => opened().hours(devices, metric, from, to)),
    expire: (rawBefore, hoursBefore) => outcome(() => opened().expire(rawBefore, hoursBefore)),
    erase: (devices) => outcome(() => opened().erase(devices)),
    extract: (from, to, path) => outcome(() => opened().extract(from, to, path)),
    backup: (directory) => outcome(() => opened().backup(directory)),
  };
}

export async function outcome<T>(act: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: await act() };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return error instanceof StoreUnavailable ? { unavailable: message } : { failed: message };
  }
}
