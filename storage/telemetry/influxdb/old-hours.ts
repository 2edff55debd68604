import type { Observation } from '../../../model/observation.ts';
import type { Batch, Identity } from '../port.ts';
import type { Connection } from './connection.ts';
import { type Figures, HOUR_MS, hourOf } from './hour.ts';
import { hourRows } from './hours.ts';
import { rangeOf } from './range.ts';
import type { DeviceRecords } from './series.ts';

/** Hours that cannot be read back from raw, as they are before a batch that touches them. */
export interface OldHours {
  /** The UTC hour (ms) before which raw observations are gone. */
  readonly rawFrom: number;
  /** Rows of hours by `hourKey`; an hour without one has nothing that counts, or is still open. */
  readonly figures: ReadonlyMap<string, Figures>;
  /** Raw observations that the batch corrects, by `identityKey`: they came late and are not deleted yet. */
  readonly observations: ReadonlyMap<string, Observation>;
}

export const NO_OLD_HOURS: OldHours = { rawFrom: 0, figures: new Map(), observations: new Map() };

export const hourKey = ({ device, metric, time }: Identity): string => `${device}/${metric}/${hourOf(time)}`;
export const identityKey = ({ device, metric, time }: Identity): string => `${device}/${metric}/${time}`;

/** Reads what a batch touches before `rawFrom`. Mostly that is nothing, and nothing is asked. */
export async function oldHoursOf(
  connection: Connection,
  records: DeviceRecords,
  { fresh, corrections }: Batch,
  rawFrom: number,
): Promise<OldHours> {
  const corrected = corrections.map(({ observation }) => observation).filter(({ time }) => time < rawFrom);
  const touched = [...fresh.filter(({ time }) => time < rawFrom), ...corrected];
  if (touched.length === 0) return { ...NO_OLD_HOURS, rawFrom };
  const together = new Map<string, { metric: string; start: number; devices: Set<string> }>();
  for (const { device, metric, time } of touched) {
    const start = hourOf(time);
    const hour = together.get(`${metric}/${start}`) ?? { metric, start, devices: new Set() };
    hour.devices.add(device);
    together.set(`${metric}/${start}`, hour);
  }
  const figures = new Map<string, Figures>();
  for (const { metric, start, devices } of together.values())
    for await (const rows of hourRows(connection, records, [...devices], metric, start, start + HOUR_MS))
      for (const { device, metric: _, start: time, ...row } of rows)
        figures.set(hourKey({ device, metric, time }), row);
  const observations = new Map<string, Observation>();
  for (const { device, metric, time } of corrected) {
    const asked = { devices: [device], metrics: [metric], from: time, to: time + 1, limit: 1 };
    for (const found of await rangeOf(connection, records, asked)) observations.set(identityKey(found), found);
  }
  return { rawFrom, figures, observations };
}
