import type { Position } from '../../../model/geometry.ts';
import { FLAGS, type Observation, QUALITIES, type Quality } from '../../../model/observation.ts';
import type { Identity } from '../port.ts';
import { type Cell, numberIn, textIn } from './answer.ts';
import type { Figures } from './hour.ts';

/**
 * The schema (line protocol, timestamps in ms; every number is a float):
 * - a measurement for each metric: tag `device`; `value`, `received`, and where they say something `quality` (index in
 *   QUALITIES), `flags` (bits in the order of FLAGS), `lon`, `lat`, `cell` (text): every field costs the server as much
 *   as a point;
 * - HOURS: tags `device`, `metric`; the fields of Figures; written when the hour is over;
 * - SUPERSEDED: tags `device`, `metric`, `n` (0 for the oldest); `value`.
 * Metric ids have no hyphen: a metric never takes one of the other two names.
 */
export const HOURS = 'hour-rows';
export const SUPERSEDED = 'superseded-values';

/** Fields of a raw observation, in the order `observationOf` reads them behind the time. */
export const RAW_FIELDS = 'value, quality, received, flags, lon, lat, cell, device';

/** Of a position that is not there: a field once written can only be overwritten. */
const NO_POSITION = -1_000;

const SAFE = /^[a-z0-9_-]+$/;
const QUALITY_CODE = { valid: 0, suspect: 1, invalid: 2 } as const;
/** The field quality of an invalid observation. */
export const INVALID = QUALITY_CODE.invalid;

function flagBits(observation: Observation): number {
  let bits = 0;
  for (const flag of observation.flags) bits |= 1 << FLAGS.indexOf(flag);
  return bits;
}

/** Throws a RangeError for what line protocol could not carry unharmed; the ids of the model never do. */
export function checkIds({ device, metric }: Identity): void {
  if (!SAFE.test(device) || !SAFE.test(metric)) throw new RangeError(`not ids: ${device}, ${metric}`);
}

/** The line of an observation that is new; of a `correction`, with every field, as it overwrites another. */
export function observationLine(observation: Observation, correction: boolean): string {
  const { device, metric, time, value, quality, received, position, cell } = observation;
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${device}, ${metric}, ${time}`);
  const flags = flagBits(observation);
  let line = `${metric},device=${device} value=${value},received=${received}`;
  if (quality !== 'valid' || correction) line += `,quality=${QUALITY_CODE[quality]}`;
  if (flags !== 0 || correction) line += `,flags=${flags}`;
  if (position) line += `,lon=${position[0]},lat=${position[1]}`;
  else if (correction) line += `,lon=${NO_POSITION},lat=${NO_POSITION}`;
  if (cell !== undefined || correction) line += `,cell="${cell ?? ''}"`;
  return `${line} ${time}`;
}

export function supersededLine({ device, metric, time }: Identity, n: number, value: number): string {
  return `${SUPERSEDED},device=${device},metric=${metric},n=${n} value=${value} ${time}`;
}

export function hourLine(device: string, metric: string, start: number, figures: Figures): string {
  const { count, sum, min, max, last, oldest, newest } = figures;
  const fields = `count=${count},sum=${sum},min=${min},max=${max},last=${last},oldest=${oldest},newest=${newest}`;
  return `${HOURS},device=${device},metric=${metric} ${fields} ${start}`;
}

/** The quality in a cell of the field. */
export function qualityOf(cell: Cell | undefined): Quality {
  return QUALITIES[typeof cell === 'number' ? cell : QUALITY_CODE.valid] ?? 'invalid';
}

/** The position in cells of the fields lon and lat. */
export function positionOf(lon: Cell | undefined, lat: Cell | undefined): Position | undefined {
  const placed = typeof lon === 'number' && typeof lat === 'number' && lon !== NO_POSITION;
  return placed ? [lon, lat] : undefined;
}

/** The observation of a row of `time, ${RAW_FIELDS}`. */
export function observationOf(metric: string, row: readonly Cell[]): Observation {
  const bits = typeof row[4] === 'number' ? row[4] : 0;
  const position = positionOf(row[5], row[6]);
  const cell = textIn(row, 7);
  return {
    device: textIn(row, 8),
    metric,
    time: numberIn(row, 0),
    value: numberIn(row, 1),
    quality: qualityOf(row[2]),
    received: numberIn(row, 3),
    flags: FLAGS.filter((_, i) => (bits & (1 << i)) !== 0),
    ...(position ? { position } : {}),
    ...(cell === '' ? {} : { cell }),
  };
}

/** Fields of an hour row, in the order `hourFiguresOf` reads them behind the time. */
export const HOUR_FIELDS = '"count", "sum", "min", "max", "last", oldest, newest';

export function hourFiguresOf(row: readonly Cell[]): Figures {
  return {
    count: numberIn(row, 1),
    sum: numberIn(row, 2),
    min: numberIn(row, 3),
    max: numberIn(row, 4),
    last: numberIn(row, 5),
    oldest: numberIn(row, 6),
    newest: numberIn(row, 7),
  };
}
