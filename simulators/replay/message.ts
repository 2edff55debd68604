import type { Reading } from '../../model/telemetry.ts';
import type { MappedRow } from './mapping.ts';

/** A row as its device would have sent it, every time moved by `shift` ms. */
export function readingOf({ time, values, quality, position }: MappedRow, shift: number): Reading {
  return {
    time: time + shift,
    values,
    ...(quality ? { quality: Object.fromEntries(Object.keys(values).map((metric) => [metric, quality])) } : {}),
    ...(position ? { position } : {}),
  };
}

/** The payload of a message: a reading, or an array of several. */
export function payloadOf(readings: readonly Reading[]): string {
  return JSON.stringify(readings.length === 1 ? readings[0] : readings);
}
