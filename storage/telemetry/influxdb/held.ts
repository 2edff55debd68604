import type { Observation } from '../../../model/observation.ts';
import type { Held, Identity } from '../port.ts';
import { numberIn, textIn } from './answer.ts';
import type { Connection } from './connection.ts';
import { quoteName, quoteText } from './influxql.ts';
import { observationOf, RAW_FIELDS, SUPERSEDED } from './line.ts';
import { narrowing } from './raw.ts';
import { type DeviceRecords, devicesWith, seriesOf } from './series.ts';

const keyOf = ({ device, metric, time }: Identity): string => `${device}/${metric}/${time}`;

/** Identities looked for together: near in time, so that few other observations are read with them. */
const SPAN_MS = 86_400_000;
/** Statements in one request. */
const STATEMENTS = 100;

interface Bucket {
  readonly metric: string;
  readonly devices: Set<string>;
  from: number;
  to: number;
}

/** Metric and day together, as InfluxQL knows no list of times. */
function bucketsOf(identities: readonly Identity[]): readonly Bucket[] {
  const buckets = new Map<string, Bucket>();
  for (const { device, metric, time } of identities) {
    const key = `${metric}/${Math.floor(time / SPAN_MS)}`;
    const bucket = buckets.get(key);
    if (!bucket) buckets.set(key, { metric, devices: new Set([device]), from: time, to: time });
    else {
      bucket.devices.add(device);
      bucket.from = Math.min(bucket.from, time);
      bucket.to = Math.max(bucket.to, time);
    }
  }
  return [...buckets.values()];
}

/** A statement for each bucket and at most a thousand of its devices, in requests of bounded size. */
async function* ask(
  connection: Connection,
  records: DeviceRecords,
  identities: readonly Identity[],
  statement: (metric: string, where: string) => string,
) {
  const all = new Map<string, number>();
  const devicesOf = (metric: string): number => {
    const known = all.get(metric) ?? devicesWith(records, metric).length;
    all.set(metric, known);
    return known;
  };
  const asked = bucketsOf(identities).flatMap(({ metric, devices, from, to }) =>
    narrowing([...devices], devicesOf(metric)).map((condition) => ({
      metric,
      text: statement(metric, `time >= ${from}ms AND time <= ${to}ms${condition}`),
    })),
  );
  for (let i = 0; i < asked.length; i += STATEMENTS) {
    const some = asked.slice(i, i + STATEMENTS);
    for await (const rows of connection.select(some.map(({ text }) => text)))
      yield { ...rows, metric: some[rows.statement]?.metric ?? '' };
  }
}

/** Superseded values of identities, oldest first, by `device/metric/time`. */
export async function supersededOf(
  connection: Connection,
  records: DeviceRecords,
  identities: readonly Identity[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const candidates = identities.filter(({ device, metric }) => seriesOf(records, device, metric)?.corrected === true);
  const wanted = new Set(candidates.map(keyOf));
  const found = new Map<string, number[]>();
  const answers = ask(
    connection,
    records,
    candidates,
    (metric, where) =>
      `SELECT value, device, n FROM ${quoteName(SUPERSEDED)} WHERE ${where} AND metric = ${quoteText(metric)} `,
  );
  for await (const { metric, values } of answers)
    for (const row of values) {
      const key = `${textIn(row, 2)}/${metric}/${numberIn(row, 0)}`;
      if (!wanted.has(key)) continue;
      const held = found.get(key) ?? [];
      held[Number(textIn(row, 3))] = numberIn(row, 1);
      found.set(key, held);
    }
  return found;
}

/** What holds of identities, by `device/metric/time`. */
export async function winnersOf(
  connection: Connection,
  records: DeviceRecords,
  identities: readonly Identity[],
): Promise<ReadonlyMap<string, Observation>> {
  const wanted = new Set(identities.map(keyOf));
  const found = new Map<string, Observation>();
  const answers = ask(
    connection,
    records,
    identities,
    (metric, where) => `SELECT ${RAW_FIELDS} FROM ${quoteName(metric)} WHERE ${where}`,
  );
  for await (const { metric, values } of answers)
    for (const row of values) {
      const observation = observationOf(metric, row);
      if (wanted.has(keyOf(observation))) found.set(keyOf(observation), observation);
    }
  return found;
}

/** Values ever held, the winner last, of those identities that are held. */
export async function heldOf(
  connection: Connection,
  records: DeviceRecords,
  identities: readonly Identity[],
): Promise<readonly Held[]> {
  const candidates = identities.filter(({ device, metric, time }) => {
    const state = seriesOf(records, device, metric);
    return state !== undefined && time <= state.latest.time;
  });
  const wanted = new Map(candidates.map((identity) => [keyOf(identity), identity]));
  const superseded = await supersededOf(connection, records, candidates);
  const held: Held[] = [];
  const answers = ask(
    connection,
    records,
    candidates,
    (metric, where) => `SELECT value, device FROM ${quoteName(metric)} WHERE ${where}`,
  );
  for await (const { metric, values } of answers)
    for (const row of values) {
      const key = `${textIn(row, 2)}/${metric}/${numberIn(row, 0)}`;
      const identity = wanted.get(key);
      if (!identity) continue;
      const { device, time } = identity;
      held.push({ device, metric, time, values: [...(superseded.get(key) ?? []), numberIn(row, 1)] });
    }
  return held;
}
