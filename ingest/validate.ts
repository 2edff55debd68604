import { latLngToCell } from 'h3-js';
import type { Catalogue } from '../model/catalogue.ts';
import { Position } from '../model/geometry.ts';
import type { Metric } from '../model/metric.ts';
import {
  AHEAD_AT_MOST_MS,
  CELL_RESOLUTION,
  type Flag,
  LATE_AFTER_MS,
  type Observation,
  Quality,
} from '../model/observation.ts';
import { OBSERVATIONS_PER_MESSAGE, phenomenonTime, type Reading } from '../model/telemetry.ts';
import type { Format } from '../model/topic.ts';
import type { Decoding } from './formats/format.ts';
import { isRejection, type ObservationRejection, type Rejection } from './rejection.ts';
import { otherUnit } from './time-unit.ts';
import type { UnitConverter } from './units.ts';

/** What a message is judged by. Times are judged by its receipt, so that judging it again says the same. */
export interface Judge {
  readonly catalogue: Catalogue;
  readonly convert: UnitConverter;
  /** ms; older observations are not kept. */
  readonly rawRetention: number;
}

/** Who sent it and when. */
export interface Sender {
  readonly device: string;
  readonly domain: string;
  readonly simulated: boolean;
  readonly received: number;
  readonly format: Format;
}

/** The observations that hold and those that do not, in the order of the message. */
export interface Judged {
  readonly observations: readonly Observation[];
  readonly rejections: readonly ObservationRejection[];
}

/** Judges each value of each reading by its metric's row; what the format could not read stays rejected. */
export function judge({ readings, rejections: unread }: Decoding, sender: Sender, by: Judge): Judged | Rejection {
  let seen = unread.length;
  if (seen > OBSERVATIONS_PER_MESSAGE) return TOO_MANY;
  const observations: Observation[] = [];
  const rejections: ObservationRejection[] = [...unread];
  const units = new Set<string>();
  for (const reading of readings) {
    const context = readingContext(reading, sender, by);
    for (const metric of Object.keys(reading.values)) {
      seen += 1;
      if (seen > OBSERVATIONS_PER_MESSAGE) return TOO_MANY;
      const result = isRejection(context) ? context : observe(metric, reading, context, units, sender, by);
      if (isRejection(result)) rejections.push({ ...result, metric });
      else observations.push(result);
    }
  }
  if (seen === 0) return { reason: 'empty-message', detail: 'values is empty' };
  return { observations, rejections };
}

const TOO_MANY: Rejection = {
  reason: 'too-many-observations',
  detail: `more than ${OBSERVATIONS_PER_MESSAGE} in one message`,
};
/** Different units in one message: looking one up for the first time costs up to a millisecond. */
const UNITS_PER_MESSAGE = 64;

interface Context {
  readonly time: number;
  readonly flags: readonly Flag[];
  readonly position: Position | undefined;
  readonly cell: string | undefined;
}

const flagSets = new Map<string, readonly Flag[]>();

/** One frozen array for each combination: millions of observations share it. */
function flagsOf(fromReceipt: boolean, late: boolean, simulated: boolean): readonly Flag[] {
  const key = `${fromReceipt}${late}${simulated}`;
  let flags = flagSets.get(key);
  if (!flags) {
    flags = [
      ...(late ? (['late'] as const) : []),
      ...(fromReceipt ? (['time-from-receipt'] as const) : []),
      ...(simulated ? (['simulated'] as const) : []),
    ];
    flagSets.set(key, flags);
  }
  return flags;
}

function readingContext(reading: Reading, sender: Sender, by: Judge): Context | Rejection {
  const time = reading.time === undefined ? sender.received : phenomenonTime(reading.time);
  if (time === undefined)
    return { reason: 'wrong-time', detail: `${JSON.stringify(reading.time)} is neither RFC 3339 nor epoch ms` };
  const age = sender.received - time;
  if (age > by.rawRetention || age < -AHEAD_AT_MOST_MS) {
    const hint = typeof reading.time === 'number' ? otherUnit(time, sender, by.rawRetention) : undefined;
    return age > 0
      ? { reason: 'too-old', detail: hint ?? 'older than raw data are kept' }
      : { reason: 'too-far-ahead', detail: hint ?? 'more than ten minutes after its receipt' };
  }
  let position: Position | undefined;
  if (reading.position !== undefined && reading.position !== null) {
    const parsed = Position.safeParse(reading.position);
    if (!parsed.success)
      return { reason: 'wrong-position', detail: 'position must be [longitude, latitude] in degrees' };
    position = parsed.data;
  }
  return {
    time,
    position,
    cell: position && latLngToCell(position[1], position[0], CELL_RESOLUTION),
    flags: flagsOf(reading.time === undefined, age > LATE_AFTER_MS, sender.simulated),
  };
}

function observe(
  id: string,
  reading: Reading,
  context: Context,
  units: Set<string>,
  sender: Sender,
  by: Judge,
): Observation | Rejection {
  const metric = by.catalogue.metric(id);
  if (!metric) return { reason: 'unknown-metric', detail: `the city has no metric ${JSON.stringify(id)}` };
  if (!by.catalogue.metricsOf(sender.domain).includes(id))
    return { reason: 'metric-not-of-domain', detail: `${id} is not a metric of ${sender.domain}` };
  const value = inUnit(reading, metric, units, by.convert);
  if (typeof value === 'object') return value;
  const quality = reading.quality?.[id];
  if (quality !== undefined && !Quality.safeParse(quality).success)
    return { reason: 'wrong-quality', detail: `${JSON.stringify(quality)} is none of valid, suspect, invalid` };
  // What the device itself calls invalid may lie outside the range: it is kept to be seen, and left out of figures.
  const says = quality === undefined ? 'valid' : Quality.parse(quality);
  const [low, high] = metric.range;
  if (says !== 'invalid' && (value < low || value > high))
    return { reason: 'out-of-range', detail: `${value} is outside ${low} to ${high} ${metric.unit}` };
  const { time, flags, position, cell } = context;
  return {
    device: sender.device,
    metric: id,
    time,
    value,
    quality: says,
    received: sender.received,
    flags,
    position,
    cell,
  };
}

function inUnit(reading: Reading, metric: Metric, units: Set<string>, convert: UnitConverter): number | Rejection {
  const value = reading.values[metric.id];
  if (typeof value !== 'number' || !Number.isFinite(value))
    return { reason: 'wrong-type', detail: `${metric.id} must be a finite number` };
  const unit = reading.units?.[metric.id];
  if (unit === undefined || unit === metric.unit) return value;
  if (typeof unit === 'string') units.add(unit);
  if (units.size > UNITS_PER_MESSAGE)
    return { reason: 'unknown-unit', detail: `more than ${UNITS_PER_MESSAGE} different units in one message` };
  const converted = typeof unit === 'string' ? convert(value, unit, metric.unit) : 'unknown-unit';
  if (converted === 'unknown-unit') return { reason: converted, detail: `${JSON.stringify(unit)} is not a UCUM code` };
  if (converted === 'inconvertible-unit' || !Number.isFinite(converted))
    return { reason: 'inconvertible-unit', detail: `${JSON.stringify(unit)} cannot become ${metric.unit}` };
  return converted;
}
