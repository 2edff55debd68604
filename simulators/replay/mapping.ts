import { DeviceId } from '../../model/device.ts';
import { Position } from '../../model/geometry.ts';
import type { Quality } from '../../model/observation.ts';
import { createTimeReader } from './local-time.ts';
import type { ReplayOptions } from './options.ts';
import { slug } from './slug.ts';

/** Cells by column. */
export type CsvRecord = Readonly<Record<string, string>>;

/** Why a row was not sent. */
export const SKIP_REASONS = {
  filtered: 'does not meet --where',
  'missing-value': 'holds no value',
  'not-a-number': 'holds something that is not a number',
  'wrong-time': 'the time does not fit --time-format',
  'no-such-local-time': 'the clocks went forward over this local time',
  'no-device': 'no device id can be made of the cell',
  'no-position': 'the device has no position and its kind needs one',
  'wrong-position': 'the position is no latitude and longitude',
  'unknown-quality': 'the quality is not in --quality-map',
  'broken-record': 'is not a record of the header’s columns',
} as const;
export type SkipReason = keyof typeof SKIP_REASONS;

export interface MappedRow {
  readonly device: string;
  /** What the id was made of. */
  readonly source: string;
  readonly name: string;
  /** Where the device stands, for its registration. */
  readonly place: Position | undefined;
  /** Ms since the epoch, as the file has it. */
  readonly time: number;
  readonly values: Readonly<Record<string, number>>;
  readonly quality: Quality | undefined;
  /** Where a moving device was. */
  readonly position: Position | undefined;
  /** Whether the local time came twice. */
  readonly ambiguous: boolean;
  /** Cells of the row that held no value. */
  readonly missing: number;
}

export type Mapped = MappedRow | { readonly skipped: SkipReason };

export interface MappingContext {
  readonly options: ReplayOptions;
  /** Positions of --locations by the cell that tells devices apart. */
  readonly locations: ReadonlyMap<string, Position>;
  readonly moving: boolean;
}

/**
 * What a row becomes. The mapper remembers one thing: which ambiguous local times a device has had, so that of two rows
 * with the same local time the first is one instant and the second the other. Make a new one for every pass.
 */
export function createMapper({ options, locations, moving }: MappingContext): (record: CsvRecord) => Mapped {
  const readTime = createTimeReader(options.timeFormat, options.timezone);
  const missing = new Set(options.missing);
  const qualities = new Map(options.qualityMap);
  const twice = new Set<string>();

  const identityOf = (cell: Cell) => {
    const source = options.device === undefined ? (options.deviceId ?? '') : cell(options.device);
    const device = options.deviceId ?? `${options.devicePrefix}${slug(source)}`;
    return source !== '' && DeviceId.safeParse(device).success ? { source, device } : undefined;
  };

  const placeOf = (cell: Cell, source: string) => {
    const here = options.position && positionOf(options.position.map(cell));
    if (here === null) return 'wrong-position';
    const place = here ?? locations.get(source) ?? options.at;
    if (!moving && !place) return 'no-position';
    return { place, position: moving ? here : undefined };
  };

  const instantOf = (device: string, text: string) => {
    const instants = readTime(text);
    const [first, second] = instants ?? [];
    if (first === undefined) return instants ? 'no-such-local-time' : 'wrong-time';
    if (second === undefined) return { time: first, ambiguous: false };
    const key = `${device}\n${text}`;
    const again = twice.has(key);
    twice.add(key);
    return { time: again === (options.ambiguous === 'earlier') ? second : first, ambiguous: true };
  };

  return (record) => {
    const cell = (column: string) => record[column]?.trim() ?? '';
    if (options.where.some(([column, value]) => cell(column) !== value)) return { skipped: 'filtered' };
    const identity = identityOf(cell);
    if (!identity) return { skipped: 'no-device' };
    const measured = measuredIn(options.metric, cell, missing);
    if (typeof measured === 'string') return { skipped: measured };
    const quality = options.quality === undefined ? undefined : qualityOf(cell(options.quality), qualities);
    if (quality === null) return { skipped: 'unknown-quality' };
    const where = placeOf(cell, identity.source);
    if (typeof where === 'string') return { skipped: where };
    // The time comes last: only rows that are sent use up one of the two meanings of a local time.
    const when = instantOf(identity.device, options.time.map(cell).join(' '));
    if (typeof when === 'string') return { skipped: when };
    const name = (options.name === undefined ? '' : cell(options.name)) || identity.source;
    return { ...identity, name, ...where, ...when, ...measured, quality };
  };
}

type Cell = (column: string) => string;

function measuredIn(
  metrics: ReplayOptions['metric'],
  cell: Cell,
  missing: ReadonlySet<string>,
): Pick<MappedRow, 'values' | 'missing'> | SkipReason {
  const present = metrics.filter(([column]) => !missing.has(cell(column)));
  if (present.length === 0) return 'missing-value';
  const values = present.map(
    ([column, metric]) => [metric, cell(column) === '' ? Number.NaN : Number(cell(column))] as const,
  );
  if (!values.every(([, value]) => Number.isFinite(value))) return 'not-a-number';
  return { values: Object.fromEntries(values), missing: metrics.length - present.length };
}

/** An empty quality says nothing, which counts as valid; null for one that the map does not know. */
function qualityOf(text: string, map: ReadonlyMap<string, Quality>): Quality | undefined | null {
  return map.get(text) ?? (text === '' ? undefined : null);
}

/** Longitude and latitude from the cells of latitude and longitude; undefined where both are empty, null where wrong. */
export function positionOf([lat = '', lon = '']: readonly string[]): Position | undefined | null {
  if (lat === '' && lon === '') return undefined;
  if (lat === '' || lon === '') return null;
  return Position.safeParse([Number(lon), Number(lat)]).data ?? null;
}
