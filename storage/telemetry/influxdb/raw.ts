import { numberIn, textIn } from './answer.ts';
import type { Connection } from './connection.ts';
import { between, deviceConditions, quoteName } from './influxql.ts';
import { qualityOf } from './line.ts';

/** Valid and suspect observations of one device, in order of time, as far as aggregates want to know them. */
export interface Counted {
  readonly device: string;
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** H3 cells, '' where there is none; empty unless asked for. */
  readonly cells: readonly string[];
}

export interface CountedQuery {
  readonly metric: string;
  /** Known to have the metric. */
  readonly devices: readonly string[];
  /** How many devices have the metric at all. */
  readonly all: number;
  readonly from: number;
  readonly to: number;
  readonly cells?: boolean;
}

/** Above this share of all devices, leaving the others out here is faster than naming so many there. */
const NAME_AT_MOST = 0.5;
const NAME_ALWAYS = 200;

/** Conditions on the tag device, '' for none, for statements that together find at least the given devices. */
export function narrowing(devices: readonly string[], all: number): readonly string[] {
  if (devices.length > NAME_ALWAYS && devices.length > all * NAME_AT_MOST) return [''];
  return deviceConditions(devices).map((condition) => ` AND ${condition}`);
}

/** Reads observations that count; those of one device may come in several parts, one after the other. */
export async function* counted(connection: Connection, query: CountedQuery): AsyncGenerator<Counted> {
  const { metric, devices, all, from, to } = query;
  if (devices.length === 0 || from >= to) return;
  const withCells = query.cells === true;
  const wanted = new Set(devices);
  const fields = withCells ? 'value, quality, cell' : 'value, quality';
  const statements = narrowing(devices, all).map(
    (condition) => `SELECT ${fields} FROM ${quoteName(metric)} WHERE ${between(from, to)}${condition} GROUP BY device`,
  );
  for await (const { tags, values: rows } of connection.select(statements)) {
    const device = tags.device ?? '';
    if (!wanted.has(device)) continue;
    const valid = rows.filter((row) => qualityOf(row[2]) !== 'invalid');
    yield {
      device,
      times: valid.map((row) => numberIn(row, 0)),
      values: valid.map((row) => numberIn(row, 1)),
      cells: withCells ? valid.map((row) => textIn(row, 3)) : [],
    };
  }
}
