import { z } from 'zod';
import type { Ledger } from '../../../model/ledger.ts';
import type { TestCity } from '../../helpers/city.ts';
import type { Held, Memory } from './memory.ts';
import type { Follower } from './stream.ts';

/** What an outsider finds who knows what was sent and what was acknowledged. All but the first four have to be 0. */
export interface Figures {
  readonly sent: number;
  readonly acknowledged: number;
  readonly stored: number;
  /** Redeliveries that were recognised: the acknowledgement had been lost. */
  readonly duplicates: number;
  /** Acknowledged observations that are not stored with their value. */
  readonly missing: number;
  /** Rows beyond the first of an identity. */
  readonly twice: number;
  /** Rows that nobody sent, or with another value than was sent. */
  readonly foreign: number;
  /** Equations of the ledger that are not exact, of the city and of each provider, and its count of what is stored. */
  readonly unbalanced: number;
  /** Devices whose latest value is not that of their newest observation. */
  readonly latestWrong: number;
  /** Device hours that are not what a recomputation from the raw observations gives. */
  readonly hoursWrong: number;
  /** Stored observations that the live stream never showed. */
  readonly streamMissed: number;
  /** Observations that the stream showed again after it had resumed. */
  readonly streamRepeated: number;
  /** Gaps that the stream told. */
  readonly streamGaps: number;
}

const FAULTS = [
  ...(['missing', 'twice', 'foreign', 'unbalanced', 'latestWrong', 'hoursWrong'] as const),
  ...(['streamMissed', 'streamRepeated', 'streamGaps'] as const),
];

/** The figures that should be 0 and are not, as text; empty where every promise was kept. */
export const faultsIn = (figures: Figures): readonly string[] =>
  FAULTS.flatMap((name) => (figures[name] === 0 ? [] : [`${name}: ${figures[name]}`]));

const HOUR_MS = 3_600_000;
const METRIC = 'mean_speed';
const DRAIN_MS = 120_000;
const LATEST_MS = 15_000;

/**
 * Waits until nothing is pending, then compares what the API tells with what the devices remember. `follower`, where
 * given, has to have followed from the beginning.
 */
export async function verify(city: TestCity, memory: Memory, follower?: Follower): Promise<Figures> {
  const books = await settled(city);
  const rows = await observations(city, memory.sent);
  const { raw, twice } = heldIn(rows);
  const latestWrong = await latest(city, raw);
  const hoursWrong = await hours(city, raw);
  if (follower) await follower.reached(rows.length);
  return {
    sent: memory.sentCount,
    acknowledged: memory.acknowledgedCount,
    stored: rows.length,
    duplicates: books.observations.duplicate,
    missing: differing(memory.acknowledged, raw),
    twice,
    foreign: differing(raw, memory.sent),
    unbalanced: unbalanced(books) + (books.observations.stored === rows.length ? 0 : 1),
    latestWrong,
    hoursWrong,
    streamMissed: follower ? rows.filter(({ device, time }) => !follower.has(device, time)).length : 0,
    streamRepeated: follower?.repeated ?? 0,
    streamGaps: follower?.gaps ?? 0,
  };
}

/** The equations that are not exact: two of the city, two of each provider. To be asked at any moment. */
export function unbalanced(books: Ledger): number {
  return [books, ...books.providers].reduce((sum, { messages: m, observations: o }) => {
    const messages = m.accepted === m.processed + m.quarantined + m.pending;
    const observed = o.decoded === o.stored + o.duplicate + o.corrected + o.quarantined;
    return sum + (messages ? 0 : 1) + (observed ? 0 : 1);
  }, 0);
}

async function settled(city: TestCity): Promise<Ledger> {
  const until = performance.now() + DRAIN_MS;
  for (;;) {
    const books = await city.ledger();
    if (books.messages.pending === 0) return books;
    if (performance.now() > until) throw new Error(`${books.messages.pending} messages are still pending`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Row {
  readonly device: string;
  readonly time: number;
  readonly value: number;
}

const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });
const Observations = page(
  z.object({ device: z.string(), time: z.string().transform((text) => Date.parse(text)), value: z.number() }),
);

/** All pages of a list. */
async function all<T>(
  city: TestCity,
  path: string,
  parse: (body: unknown) => { readonly items: readonly T[]; readonly next: string | null },
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor = '';
  do {
    const { items: more, next } = parse(await city.json(`${path}&limit=10000${cursor}`));
    items.push(...more);
    cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
  } while (cursor !== '');
  return items;
}

/** From the hour of the oldest time to the end of the hour of the newest. */
function spanOf(held: Held): readonly [from: number, to: number] {
  let [oldest, newest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const times of held.values())
    for (const time of times.keys()) [oldest, newest] = [Math.min(oldest, time), Math.max(newest, time)];
  return [Math.floor(oldest / HOUR_MS) * HOUR_MS, (Math.floor(newest / HOUR_MS) + 1) * HOUR_MS];
}

async function observations(city: TestCity, sent: Held): Promise<readonly Row[]> {
  if (sent.size === 0) return [];
  const [from, to] = spanOf(sent);
  const path = `/api/v1/observations?metric=${METRIC}&from=${from}&to=${to}`;
  return all(city, path, (body) => Observations.parse(body));
}

function heldIn(rows: readonly Row[]): { raw: Held; twice: number } {
  const raw = new Map<string, Map<number, number>>();
  let twice = 0;
  for (const { device, time, value } of rows) {
    const values = raw.get(device) ?? new Map();
    if (values.has(time)) twice += 1;
    raw.set(device, values.set(time, value));
  }
  return { raw, twice };
}

/** How many of `some` are not in `others`, or there with another value. */
function differing(some: Held, others: Held): number {
  let count = 0;
  for (const [device, values] of some) {
    const known = others.get(device);
    for (const [time, value] of values) if (known?.get(time) !== value) count += 1;
  }
  return count;
}

const Latest = z.object({
  features: z.array(
    z.object({
      id: z.string(),
      properties: z.object({ latest: z.record(z.string(), z.object({ time: z.string(), value: z.number() })) }),
    }),
  ),
});

/** Devices whose latest value on the map is not their newest raw observation; the live view may follow a little behind. */
async function latest(city: TestCity, raw: Held): Promise<number> {
  const until = performance.now() + LATEST_MS;
  for (;;) {
    const { features } = Latest.parse(await city.json('/api/v1/map/traffic'));
    const shown = new Map(features.map(({ id, properties }) => [id, properties.latest[METRIC]]));
    let wrong = 0;
    for (const [device, values] of raw) {
      const newest = Math.max(...values.keys());
      const one = shown.get(device);
      if (!one || Date.parse(one.time) !== newest || one.value !== values.get(newest)) wrong += 1;
    }
    if (wrong === 0 || performance.now() > until) return wrong;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const Hours = page(
  z.object({
    ...{ group: z.string(), time: z.string(), count: z.number(), mean: z.number(), min: z.number(), max: z.number() },
  }),
);

async function hours(city: TestCity, raw: Held): Promise<number> {
  if (raw.size === 0) return 0;
  const [from, to] = spanOf(raw);
  const path = `/api/v1/aggregates?metric=${METRIC}&window=1h&group_by=device&fn=count,mean,min,max&from=${from}&to=${to}`;
  const told = await all(city, path, (body) => Hours.parse(body));
  const expected = hoursOf(raw);
  let wrong = 0;
  for (const { group, time, count, mean, min, max } of told) {
    const key = `${group} ${Date.parse(time)}`;
    const values = expected.get(key) ?? [];
    expected.delete(key);
    const total = values.reduce((sum, value) => sum + value, 0);
    const same =
      count === values.length &&
      min === Math.min(...values) &&
      max === Math.max(...values) &&
      Math.abs(mean - total / values.length) <= 1e-9 * Math.max(1, Math.abs(mean));
    if (!same) wrong += 1;
  }
  // What is left is an hour that the city does not tell.
  return wrong + expected.size;
}

function hoursOf(raw: Held): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [device, values] of raw)
    for (const [time, value] of values) {
      const key = `${device} ${Math.floor(time / HOUR_MS) * HOUR_MS}`;
      const group = groups.get(key);
      if (group) group.push(value);
      else groups.set(key, [value]);
    }
  return groups;
}
