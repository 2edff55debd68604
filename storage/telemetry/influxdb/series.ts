import type { Observation } from '../../../model/observation.ts';
import type { HourRow, SeriesHead, Tally } from '../port.ts';
import { type Figures, hourOf } from './hour.ts';

/** What is known of a series without asking InfluxDB. */
export interface SeriesState {
  /** The winner with the newest phenomenon time. */
  readonly latest: Observation;
  /** Figures of the hour of `latest`: the one hour of the series that InfluxDB has no row of yet. */
  readonly hour: Figures;
  /** Whether a value of it was ever superseded. */
  readonly corrected: boolean;
}

/** All that is kept of one device: one record of the sidecar. */
export interface DeviceRecord {
  /** One for each provider that ever answered for it. */
  readonly tallies: readonly Tally[];
  readonly series: readonly SeriesState[];
}

export type DeviceRecords = ReadonlyMap<string, DeviceRecord>;

export const seriesOf = (records: DeviceRecords, device: string, metric: string): SeriesState | undefined =>
  records.get(device)?.series.find((state) => state.latest.metric === metric);

/** Devices that have the metric, of those given or of all. */
export function devicesWith(records: DeviceRecords, metric: string, devices?: readonly string[]): readonly string[] {
  const candidates = devices ? [...new Set(devices)] : [...records.keys()];
  return candidates.filter((device) => seriesOf(records, device, metric) !== undefined);
}

/** Metrics that any device ever reported. */
export function metricsIn(records: DeviceRecords): readonly string[] {
  const metrics = new Set<string>();
  for (const { series } of records.values()) for (const { latest } of series) metrics.add(latest.metric);
  return [...metrics];
}

export const headOf = ({ latest: { device, metric, time } }: SeriesState): SeriesHead => ({ device, metric, time });

/** The open hour of a series as a row, where anything counts in it and `from <= start < to`. */
export function openHour(state: SeriesState, from: number, to: number): HourRow | undefined {
  const start = hourOf(state.latest.time);
  if (state.hour.count === 0 || start < from || start >= to) return undefined;
  return { device: state.latest.device, metric: state.latest.metric, start, ...state.hour };
}

/** The sums of tallies by provider. */
export function addTally(tallies: readonly Tally[], more: Tally): readonly Tally[] {
  const old = tallies.find((tally) => tally.provider === more.provider);
  if (!old) return [...tallies, more];
  const sum: Tally = {
    provider: old.provider,
    device: old.device,
    processed: old.processed + more.processed,
    quarantinedMessages: old.quarantinedMessages + more.quarantinedMessages,
    decoded: old.decoded + more.decoded,
    stored: old.stored + more.stored,
    duplicate: old.duplicate + more.duplicate,
    corrected: old.corrected + more.corrected,
    quarantinedObservations: old.quarantinedObservations + more.quarantinedObservations,
  };
  return tallies.map((tally) => (tally === old ? sum : tally));
}
