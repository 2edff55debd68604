import { cellToLatLng, latLngToCell } from 'h3-js';
import { CELL_RESOLUTION, type Observation } from '../../model/observation.ts';
import type { AggregateQuery, Batch, Correction, Tally } from '../../storage/telemetry/port.ts';
import { NaiveTelemetry } from './naive-telemetry.ts';

/** 2026-03-02T00:00:00Z, a Monday; 07:00 in Hanoi. */
export const MONDAY = Date.UTC(2026, 2, 2);
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
export const HANOI = 'Asia/Ho_Chi_Minh';

/** A valid observation of `counter-1`'s vehicle_count, received a second after it was made, but for what is given. */
export function observation(given: Partial<Observation> & Pick<Observation, 'time' | 'value'>): Observation {
  return {
    device: 'counter-1',
    metric: 'vehicle_count',
    quality: 'valid',
    received: given.time + 1_000,
    flags: [],
    ...given,
  };
}

/** Position and cell of a moving device's observation. */
export function at(lon: number, lat: number): Pick<Observation, 'position' | 'cell'> {
  return { position: [lon, lat], cell: latLngToCell(lat, lon, CELL_RESOLUTION) };
}

/** As `at`, in the middle of a cell. */
export function inCell(cell: string): Pick<Observation, 'position' | 'cell'> {
  const [lat, lon] = cellToLatLng(cell);
  return at(lon, lat);
}

export function tally(given: Partial<Tally>): Tally {
  return {
    provider: 'hanoi',
    device: 'counter-1',
    processed: 0,
    quarantinedMessages: 0,
    decoded: 0,
    stored: 0,
    duplicate: 0,
    corrected: 0,
    quarantinedObservations: 0,
    ...given,
  };
}

export function query(given: Partial<AggregateQuery> & Pick<AggregateQuery, 'from' | 'to'>): AggregateQuery {
  return {
    metric: 'vehicle_count',
    members: [{ device: 'counter-1', group: 'counter-1' }],
    window: '1h',
    timezone: HANOI,
    overTime: 'sum',
    overDevices: 'sum',
    percentiles: false,
    ...given,
  };
}

/** Numbers batches one after the other, one journal record each. */
export function batches(): (given: Partial<Omit<Batch, 'after' | 'upTo'>>) => Batch {
  let seq = 0;
  return (given) => {
    const after = seq;
    seq += 1;
    return { after, upTo: seq, fresh: [], corrections: [], tallies: [], ...given };
  };
}

/** What ingest makes of observations in order of receipt, beside the values held so far. */
export function classify(held: NaiveTelemetry, received: readonly Observation[]) {
  const fresh: Observation[] = [];
  const corrections: Correction[] = [];
  const own = new NaiveTelemetry();
  for (const observation of received) {
    const values = [...held.values(observation), ...own.values(observation)];
    const superseded = values.at(-1);
    if (values.includes(observation.value)) continue;
    if (superseded === undefined) fresh.push(observation);
    else corrections.push({ observation, superseded });
    own.put({ fresh: [observation], corrections: [], tallies: [] });
  }
  return { fresh, corrections };
}
