import type { AggregateQuery, AggregateRow } from '../../storage/telemetry/port.ts';

type OverDevices = AggregateQuery['overDevices'];

const weighted = (a: number, weightA: number, b: number, weightB: number) =>
  (a * weightA + b * weightB) / (weightA + weightB);

function extremes(a: AggregateRow, b: AggregateRow) {
  return {
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sum: a.sum + b.sum,
    count: a.count + b.count,
    oldest: Math.min(a.oldest, b.oldest),
    newest: Math.max(a.newest, b.newest),
  };
}

function joinedValue(a: AggregateRow, b: AggregateRow, over: OverDevices, weight: 'devices' | 'count'): number {
  if (over === 'sum') return a.value + b.value;
  if (over === 'max') return Math.max(a.value, b.value);
  return weighted(a.value, a[weight], b.value, b[weight]);
}

/** Two rows of one group and window made by different devices. Percentiles cannot be joined and are left out. */
export function join(a: AggregateRow, b: AggregateRow, over: OverDevices): AggregateRow {
  return {
    group: a.group,
    start: a.start,
    value: joinedValue(a, b, over, 'devices'),
    mean: weighted(a.mean, a.devices, b.mean, b.devices),
    devices: a.devices + b.devices,
    ...extremes(a, b),
  };
}

/**
 * Two rows of neighbouring cells, which the same devices may have crossed: means are weighted by observations, which
 * is the mean of the devices where they were there equally long; `devices` is how many there were at least.
 */
export function fold(a: AggregateRow, b: AggregateRow, over: OverDevices): AggregateRow {
  return {
    group: a.group,
    start: a.start,
    value: joinedValue(a, b, over, 'count'),
    mean: weighted(a.mean, a.count, b.mean, b.count),
    devices: Math.max(a.devices, b.devices),
    ...extremes(a, b),
  };
}

/** Rows by window and group. */
export class Rows {
  readonly #rows = new Map<string, AggregateRow>();

  add(row: AggregateRow, combine: (a: AggregateRow, b: AggregateRow) => AggregateRow): void {
    const key = Rows.key(row);
    const held = this.#rows.get(key);
    this.#rows.set(key, held ? combine(held, row) : row);
  }
  get(row: { readonly group: string; readonly start: number }): AggregateRow | undefined {
    return this.#rows.get(Rows.key(row));
  }
  values(): IterableIterator<AggregateRow> {
    return this.#rows.values();
  }
  static key({ group, start }: { readonly group: string; readonly start: number }): string {
    return `${start} ${group}`;
  }
}
