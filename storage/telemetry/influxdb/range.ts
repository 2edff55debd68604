import type { Observation } from '../../../model/observation.ts';
import type { Identity, RangeQuery } from '../port.ts';
import type { Connection } from './connection.ts';
import { quoteName } from './influxql.ts';
import { observationOf, RAW_FIELDS } from './line.ts';
import { narrowing } from './raw.ts';
import { type DeviceRecords, devicesWith, metricsIn } from './series.ts';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
/** The order of raw observations. */
const inOrder = (a: Identity, b: Identity): number =>
  a.time - b.time || byText(a.device, b.device) || byText(a.metric, b.metric);

/** A part of the asked: one metric, some hundred devices. */
interface Part {
  readonly metric: string;
  readonly condition: string;
}

/**
 * A page of raw observations. Each part is asked for a whole page in order of time and the parts are merged. InfluxDB
 * orders by time alone: what shares the time at which a part was cut, or at which the last page ended, is read whole.
 */
export async function rangeOf(
  connection: Connection,
  records: DeviceRecords,
  query: RangeQuery,
): Promise<readonly Observation[]> {
  const { from, to, after, limit } = query;
  const wanted = query.devices ? new Set(query.devices) : undefined;
  const parts: Part[] = [...new Set(query.metrics ?? metricsIn(records))].flatMap((metric) => {
    const devices = devicesWith(records, metric, query.devices);
    if (devices.length === 0) return [];
    const conditions = wanted ? narrowing(devices, Number.POSITIVE_INFINITY) : [''];
    return conditions.map((condition) => ({ metric, condition }));
  });

  const read = async (some: readonly Part[], where: string): Promise<readonly (readonly Observation[])[]> => {
    const found: Observation[][] = some.map(() => []);
    const statements = some.map(
      ({ metric, condition }) =>
        `SELECT ${RAW_FIELDS} FROM ${quoteName(metric)} WHERE ${where.replace('$', condition)}`,
    );
    for await (const { statement, values } of connection.select(statements)) {
      const { metric } = some[statement] ?? { metric: '' };
      for (const row of values) found[statement]?.push(observationOf(metric, row));
    }
    return found;
  };

  const rows: Observation[] = [];
  const resumed = after !== undefined && after.time >= from;
  if (resumed && after.time < to) {
    const same = await read(parts, `time = ${after.time}ms$`);
    rows.push(...same.flat().filter((observation) => inOrder(observation, after) > 0));
  }
  const begin = resumed ? `time > ${after.time}ms` : `time >= ${from}ms`;
  if (rows.length < limit) {
    const pages = await read(parts, `${begin} AND time < ${to}ms$ ORDER BY time LIMIT ${limit}`);
    for (const [i, page] of pages.entries()) {
      const cut = page.length >= limit ? page.at(-1)?.time : undefined;
      const part = parts[i];
      if (cut === undefined || !part) rows.push(...page);
      else {
        rows.push(...page.filter((observation) => observation.time < cut));
        rows.push(...(await read([part], `time = ${cut}ms$`)).flat());
      }
    }
  }
  return rows.sort(inOrder).slice(0, limit);
}
