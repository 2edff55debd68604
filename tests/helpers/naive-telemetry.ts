import { DateTime } from 'luxon';
import type { Observation } from '../../model/observation.ts';
import type {
  AggregateQuery,
  AggregateRow,
  Batch,
  BucketQuery,
  Corrected,
  Held,
  HourRow,
  Identity,
  RangeQuery,
  Tally,
  VolumeQuery,
  VolumeRow,
} from '../../storage/telemetry/port.ts';

const HOUR = 3_600_000;
const MINUTES = { '5m': 5, '15m': 15 } as const;

export const keyOf = ({ device, metric, time }: Identity): string => `${time}|${device}|${metric}`;
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
/** The order of raw observations: time, device, metric. */
export const inOrder = (a: Identity, b: Identity): number =>
  a.time - b.time || byText(a.device, b.device) || byText(a.metric, b.metric);

const total = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0);
const mean = (xs: readonly number[]): number => total(xs) / xs.length;
const least = (xs: readonly number[]): number => xs.reduce((a, b) => Math.min(a, b));
const greatest = (xs: readonly number[]): number => xs.reduce((a, b) => Math.max(a, b));

/** Linear interpolation between the closest ranks (Hyndman and Fan's type 7). */
export function percentile(xs: readonly number[], p: number): number {
  const sorted = [...xs].sort((a, b) => a - b);
  const rank = (sorted.length - 1) * p;
  const low = sorted[Math.floor(rank)] ?? Number.NaN;
  const high = sorted[Math.ceil(rank)] ?? Number.NaN;
  return low + (high - low) * (rank - Math.floor(rank));
}

function grouped<T>(rows: Iterable<T>, key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const id = key(row);
    const group = groups.get(id);
    if (group) group.push(row);
    else groups.set(id, [row]);
  }
  return groups;
}

function windowStart({ window, timezone, from }: AggregateQuery, time: number): number {
  if (window === 'all') return from;
  if (window === '1h' || window === '1d') {
    return DateTime.fromMillis(time, { zone: timezone })
      .startOf(window === '1h' ? 'hour' : 'day')
      .toMillis();
  }
  if (window === '1w') {
    const day = DateTime.fromMillis(time, { zone: timezone });
    return DateTime.fromObject({ weekYear: day.weekYear, weekNumber: day.weekNumber }, { zone: timezone }).toMillis();
  }
  const width = MINUTES[window] * 60_000;
  return Math.floor(time / width) * width;
}

/** The telemetry store as anyone would write it in an afternoon: maps and loops. What adapters are compared with. */
export class NaiveTelemetry {
  #winners = new Map<string, Observation>();
  #values = new Map<string, number[]>();
  #tallies = new Map<string, Tally>();

  put({ fresh, corrections, tallies }: Pick<Batch, 'fresh' | 'corrections' | 'tallies'>): void {
    for (const observation of [...fresh, ...corrections.map((correction) => correction.observation)]) {
      const key = keyOf(observation);
      this.#winners.set(key, observation);
      this.#values.set(key, [...(this.#values.get(key) ?? []), observation.value]);
    }
    for (const tally of tallies) {
      const key = `${tally.provider}|${tally.device}`;
      const sum = this.#tallies.get(key);
      this.#tallies.set(key, sum ? addTallies(sum, tally) : tally);
    }
  }

  tallies(): Tally[] {
    return [...this.#tallies.values()];
  }

  winner(identity: Identity): Observation | undefined {
    return this.#winners.get(keyOf(identity));
  }

  values(identity: Identity): readonly number[] {
    return this.#values.get(keyOf(identity)) ?? [];
  }

  held(identities: readonly Identity[]): Held[] {
    return identities
      .filter((identity) => this.#values.has(keyOf(identity)))
      .map(({ device, metric, time }) => ({ device, metric, time, values: this.values({ device, metric, time }) }));
  }

  all(): Observation[] {
    return [...this.#winners.values()].sort(inOrder);
  }

  latest(): Observation[] {
    const newest = new Map<string, Observation>();
    for (const observation of this.all()) newest.set(`${observation.device}|${observation.metric}`, observation);
    return [...newest.values()].sort(inOrder);
  }

  range({ devices, metrics, from, to, after, limit }: RangeQuery): Observation[] {
    return this.all()
      .filter((o) => !devices || devices.includes(o.device))
      .filter((o) => !metrics || metrics.includes(o.metric))
      .filter((o) => o.time >= from && o.time < to)
      .filter((o) => !after || inOrder(o, after) > 0)
      .slice(0, limit);
  }

  corrected(query: RangeQuery): Corrected[] {
    return this.range({ ...query, limit: Number.POSITIVE_INFINITY })
      .map((o) => ({ ...o, superseded: this.values(o).slice(0, -1) }))
      .filter(({ superseded }) => superseded.length > 0)
      .slice(0, query.limit);
  }

  hours(devices: readonly string[], metric: string, from: number, to: number): HourRow[] {
    const counted = this.all().filter(
      (o) => o.metric === metric && devices.includes(o.device) && o.quality !== 'invalid',
    );
    return [...grouped(counted, (o) => `${o.device}|${Math.floor(o.time / HOUR)}`).values()]
      .flatMap((rows) => {
        const [first, last] = [rows[0], rows.at(-1)];
        if (!first || !last) return [];
        const values = rows.map((o) => o.value);
        return {
          device: first.device,
          metric,
          start: Math.floor(first.time / HOUR) * HOUR,
          count: rows.length,
          sum: total(values),
          min: least(values),
          max: greatest(values),
          last: last.value,
          oldest: first.time,
          newest: last.time,
        };
      })
      .filter((row) => row.start >= from && row.start < to)
      .sort((a, b) => byText(a.device, b.device) || a.start - b.start);
  }

  cells(devices: readonly string[], metric: string, from: number, to: number): string[] {
    const counted = this.range({ devices, metrics: [metric], from, to, limit: Number.POSITIVE_INFINITY }).filter(
      (o) => o.quality !== 'invalid',
    );
    return [...new Set(counted.flatMap((o) => o.cell ?? []))];
  }

  /** What counts of a bucket query, by the start of its bucket. */
  #bucketed({
    devices,
    metrics,
    from,
    to,
    starts,
  }: BucketQuery): { readonly start: number; readonly o: Observation }[] {
    return this.range({ devices, metrics, from, to, limit: Number.POSITIVE_INFINITY })
      .filter((o) => o.quality !== 'invalid')
      .map((o) => ({ start: starts.findLast((start) => start <= o.time) ?? Number.NaN, o }));
  }

  /** The newest observation of each series in each bucket that has any. */
  frames(query: BucketQuery): { readonly start: number; readonly o: Observation }[] {
    const groups = grouped(this.#bucketed(query), ({ start, o }) => `${o.device}|${o.metric}|${start}`);
    return [...groups.values()].flatMap((rows) => rows.at(-1) ?? []);
  }

  volume({ movers, ...query }: VolumeQuery): VolumeRow[] {
    const moved = this.#bucketed({ ...query, devices: movers?.devices ?? [] });
    const rows = [...this.#bucketed(query), ...moved.filter(({ o }) => movers?.cells.includes(o.cell ?? ''))];
    const count = (metric: string | undefined): VolumeRow[] =>
      [...grouped(rows, ({ start }) => `${start}`).values()].flatMap((all) => {
        const some = all.filter(({ o }) => metric === undefined || o.metric === metric);
        const [first] = some;
        if (!first) return [];
        const devices = new Set(some.map(({ o }) => o.device)).size;
        return [{ metric, start: first.start, observations: some.length, devices }];
      });
    return [undefined, ...new Set(query.metrics)].flatMap(count);
  }

  aggregate(query: AggregateQuery): AggregateRow[] {
    const { metric, members, movers, from, to } = query;
    const counted = this.all().filter(
      (o) => o.metric === metric && o.time >= from && o.time < to && o.quality !== 'invalid',
    );
    const placed: Placed[] = [];
    for (const observation of counted) {
      const start = windowStart(query, observation.time);
      for (const member of members) {
        if (member.device === observation.device) placed.push({ group: member.group, start, observation });
      }
      const mover = movers?.devices.find(({ device }) => device === observation.device);
      const place = movers?.places.find(({ cell }) => cell === observation.cell);
      if (mover && place) placed.push({ group: mover.group ?? place.group, start, observation });
    }
    return [...grouped(placed, (row) => `${row.start}|${row.group}`).values()]
      .map((rows) => aggregateRow(query, rows))
      .sort((a, b) => a.start - b.start || byText(a.group, b.group));
  }
}

interface Placed {
  readonly group: string;
  readonly start: number;
  readonly observation: Observation;
}

function aggregateRow(query: AggregateQuery, rows: readonly Placed[]): AggregateRow {
  const devices = [...grouped(rows, (row) => row.observation.device).values()].map((own) => {
    const values = own.map((row) => row.observation.value);
    const last = values.at(-1) ?? Number.NaN;
    return {
      mean: mean(values),
      figure: { mean: mean(values), sum: total(values), last, max: greatest(values) }[query.overTime],
    };
  });
  const figures = devices.map((device) => device.figure);
  const values = rows.map((row) => row.observation.value);
  const times = rows.map((row) => row.observation.time);
  return {
    group: rows[0]?.group ?? '',
    start: rows[0]?.start ?? Number.NaN,
    value: { sum: total(figures), mean: mean(figures), max: greatest(figures) }[query.overDevices],
    mean: mean(devices.map((device) => device.mean)),
    min: least(values),
    max: greatest(values),
    sum: total(figures),
    count: values.length,
    ...(query.percentiles ? { p50: percentile(values, 0.5), p95: percentile(values, 0.95) } : {}),
    devices: devices.length,
    oldest: least(times),
    newest: greatest(times),
  };
}

function addTallies(a: Tally, b: Tally): Tally {
  return {
    provider: a.provider,
    device: a.device,
    processed: a.processed + b.processed,
    quarantinedMessages: a.quarantinedMessages + b.quarantinedMessages,
    decoded: a.decoded + b.decoded,
    stored: a.stored + b.stored,
    duplicate: a.duplicate + b.duplicate,
    corrected: a.corrected + b.corrected,
    quarantinedObservations: a.quarantinedObservations + b.quarantinedObservations,
  };
}
