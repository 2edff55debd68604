import type { Identity, RangeQuery } from '../port.ts';
import type { Cell } from './answer.ts';
import type { Connection } from './connection.ts';
import { quoteName } from './influxql.ts';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
/** The order of raw observations. */
const inOrder = (a: Identity, b: Identity): number =>
  a.time - b.time || byText(a.device, b.device) || byText(a.metric, b.metric);

/** A part of the asked: one measurement, some hundred devices. */
export interface Part<Row extends Identity> {
  readonly measurement: string;
  readonly fields: string;
  /** Further conditions, each behind an AND. */
  readonly condition: string;
  /** The row of `time, ${fields}`. */
  readonly read: (cells: readonly Cell[]) => Row;
}

/**
 * A page of the parts' rows, in the order of raw observations. Each part is asked for a whole page in order of time and
 * the parts are merged. InfluxDB orders by time alone: what shares the time at which a part was cut, or at which the last
 * page ended, is read whole.
 */
export async function pageOf<Row extends Identity>(
  connection: Connection,
  parts: readonly Part<Row>[],
  { from, to, after, limit }: Pick<RangeQuery, 'from' | 'to' | 'after' | 'limit'>,
): Promise<readonly Row[]> {
  const read = async (some: readonly Part<Row>[], where: string): Promise<readonly (readonly Row[])[]> => {
    const found: Row[][] = some.map(() => []);
    const statements = some.map(
      ({ measurement, fields, condition }) =>
        `SELECT ${fields} FROM ${quoteName(measurement)} WHERE ${where.replace('$', condition)}`,
    );
    for await (const { statement, values } of connection.select(statements)) {
      const part = some[statement];
      if (part) for (const row of values) found[statement]?.push(part.read(row));
    }
    return found;
  };

  const rows: Row[] = [];
  const resumed = after !== undefined && after.time >= from;
  if (resumed && after.time < to) {
    const same = await read(parts, `time = ${after.time}ms$`);
    rows.push(...same.flat().filter((row) => inOrder(row, after) > 0));
  }
  const begin = resumed ? `time > ${after.time}ms` : `time >= ${from}ms`;
  if (rows.length < limit) {
    const pages = await read(parts, `${begin} AND time < ${to}ms$ ORDER BY time LIMIT ${limit}`);
    for (const [i, page] of pages.entries()) {
      const cut = page.length >= limit ? page.at(-1)?.time : undefined;
      const part = parts[i];
      if (cut === undefined || !part) rows.push(...page);
      else {
        rows.push(...page.filter((row) => row.time < cut));
        rows.push(...(await read([part], `time = ${cut}ms$`)).flat());
      }
    }
  }
  return rows.sort(inOrder).slice(0, limit);
}
