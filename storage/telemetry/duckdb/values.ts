import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { FLAGS, type Flag, type Observation, QUALITIES } from '../../../model/observation.ts';
import { run } from '../../duckdb/behind.ts';

export type Row = readonly DuckDBValue[];

/** Runs a query, with values for its $1, $2, ..., and reads it to its end. */
export async function rowsOf(connection: DuckDBConnection, sql: string, values?: DuckDBValue[]): Promise<Row[]> {
  const result = await run(connection, sql, values);
  return result.getRows();
}

/** A number out of a numeric column; BIGINTs of ours are safe integers. */
export function toNumber(value: DuckDBValue | undefined): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw new TypeError(`expected a number, read ${String(value)}`);
}

/** Numbers out of a list column. */
export function toNumbers(value: DuckDBValue | undefined): readonly number[] {
  if (typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items))
    return value.items.map(toNumber);
  throw new TypeError(`expected a list, read ${String(value)}`);
}

/** An H3 cell out of a UBIGINT column. */
export function toCell(value: DuckDBValue | undefined): string {
  if (typeof value === 'bigint') return value.toString(16);
  throw new TypeError(`expected a cell, read ${String(value)}`);
}

export function toText(value: DuckDBValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`expected text, read ${String(value)}`);
}

/** A time or id as SQL. Throws a RangeError for what is no safe integer, so nothing else gets into a statement. */
export function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
  return String(value);
}

/** Places in QUALITIES and bits in the order of FLAGS; both are append-only. */
export const qualityCode = (quality: Observation['quality']): number => QUALITIES.indexOf(quality);

export function flagBits(flags: readonly Flag[]): number {
  let bits = 0;
  for (const flag of flags) bits |= 1 << FLAGS.indexOf(flag);
  return bits;
}

/** What `toObservation` reads, of the table or alias `o`. Times as DOUBLE: a bigint for each would cost more. */
export const OBSERVATION_COLUMNS =
  'o.time::DOUBLE, o.value, o.quality, o.received::DOUBLE, o.flags, o.lon, o.lat, o.cell';

/** The observation of a row of OBSERVATION_COLUMNS. */
export function toObservation([device, metric]: readonly [string, string], row: Row): Observation {
  const [time, value, quality, received, flags, lon, lat, cell] = row;
  const bits = toNumber(flags);
  return {
    device,
    metric,
    time: toNumber(time),
    value: toNumber(value),
    quality: QUALITIES[toNumber(quality)] ?? 'invalid',
    received: toNumber(received),
    flags: FLAGS.filter((_, i) => bits & (1 << i)),
    ...(typeof lon === 'number' && typeof lat === 'number' ? { position: [lon, lat] } : {}),
    ...(typeof cell === 'bigint' ? { cell: toCell(cell) } : {}),
  };
}
