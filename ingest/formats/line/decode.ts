import type { Reading } from '../../../model/telemetry.ts';
import type { ObservationRejection } from '../../rejection.ts';
import type { FormatDecoder } from '../format.ts';
import { addValue } from '../values.ts';
import { type LinePoint, parseLines } from './parse.ts';
import type { FieldValue } from './value.ts';

const NS_PER_MS = 1_000_000n;

/**
 * InfluxDB line protocol with timestamps in nanoseconds, cut to milliseconds. Each field is a metric; measurement and
 * tags tell nothing: the topic says which device it is. A faulty line is rejected by itself, under its measurement.
 */
export const decodeLine: FormatDecoder = (payload) => {
  const readings: Reading[] = [];
  const rejections: ObservationRejection[] = [];
  for (const line of parseLines(payload)) {
    if ('fault' in line) rejections.push({ reason: 'malformed-line', detail: line.fault, metric: line.measurement });
    else readings.push(...readingsOf(line, rejections));
  }
  if (readings.length === 0 && rejections.length === 0)
    return { reason: 'empty-message', detail: 'there is no line in it' };
  return { readings, rejections };
};

/** The reading of a line; several where a field is there twice, none where no field is a number. */
function readingsOf({ fields, timestamp }: LinePoint, rejections: ObservationRejection[]): readonly Reading[] {
  const time = timestamp === undefined ? {} : { time: Number(timestamp / NS_PER_MS) };
  const readings: Reading[] = [];
  for (const [metric, field] of fields) {
    const value = numberOf(field);
    if (typeof value === 'string') {
      rejections.push({ reason: 'wrong-type', detail: `${metric}: ${value}`, metric });
      continue;
    }
    let reading = readings.at(-1);
    // A field may be there twice: the second is a duplicate or a correction, and neither is lost.
    if (reading === undefined || !addValue(reading.values, metric, value)) {
      reading = { ...time, values: {} };
      readings.push(reading);
      addValue(reading.values, metric, value);
    }
  }
  return readings;
}

/** The value as a number, or in words why it cannot be one. */
function numberOf(field: FieldValue): number | string {
  if (field.type === 'float') return field.value;
  if (field.type === 'boolean' || field.type === 'string') return `a ${field.type}: the city keeps numbers`;
  const value = Number(field.value);
  return Number.isSafeInteger(value) ? value : 'an integer beyond 2^53 would not be kept exactly';
}
