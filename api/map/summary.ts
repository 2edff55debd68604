import TinyQueue from 'tinyqueue';
import type { DEVICE_CONDITIONS } from '../../model/device.ts';
import { type BBox, within } from '../../model/geometry.ts';
import type { LEVELS } from '../../model/level.ts';
import { batches, yieldToOthers } from '../../storage/batches.ts';
import type { Fact } from './tiles/facts.ts';

export const SORTS = ['name', 'severity'] as const;
export type Sort = (typeof SORTS)[number];

/** Which part of the facts, and how many of their devices are to be named. */
export interface SummaryQuestion {
  /** Undefined: everywhere, also those that were never seen anywhere. */
  readonly bbox: BBox | undefined;
  readonly sort: Sort;
  readonly limit: number;
}

/** How many devices there are of each, within the view. */
export interface Summed {
  readonly devices: number;
  readonly simulated: number;
  readonly conditions: Record<(typeof DEVICE_CONDITIONS)[number], number>;
  readonly levels: Record<(typeof LEVELS)[number] | 'none', number>;
  readonly kinds: ReadonlyMap<string, number>;
  /** The first by the order that was asked for. */
  readonly first: readonly Fact[];
}

/** Facts looked at before the event loop turns: names are compared at some microseconds each. */
const AT_ONCE = 1_000;

const names = new Intl.Collator('vi', { numeric: true });

/** What needs a look comes first: bad levels, then who does not report, then the rest. */
function severity({ condition, reading }: Fact): number {
  if (condition !== 'live') return { offline: 2, silent: 3, new: 7 }[condition];
  return { severe: 0, poor: 1, fair: 4, good: 5, none: 6 }[reading?.level ?? 'none'];
}

const byName = (a: Fact, b: Fact): number =>
  names.compare(a.device.name, b.device.name) || (a.device.id < b.device.id ? -1 : 1);
const ORDERS: Readonly<Record<Sort, (a: Fact, b: Fact) => number>> = {
  name: byName,
  severity: (a, b) => severity(a) - severity(b) || byName(a, b),
};

/** Counts the devices of a view and names the first of them, with turns of the event loop in between. */
export async function sumUp(facts: readonly Fact[], { bbox, sort, limit }: SummaryQuestion): Promise<Summed> {
  const conditions = { live: 0, silent: 0, offline: 0, new: 0 };
  const levels = { good: 0, fair: 0, poor: 0, severe: 0, none: 0 };
  const kinds = new Map<string, number>();
  let [devices, simulated] = [0, 0];
  const order = ORDERS[sort];
  // The last of the first is on top: whoever comes before it takes its place.
  const first = new TinyQueue<Fact>([], (a, b) => order(b, a));

  for (const some of batches(facts, AT_ONCE)) {
    for (const fact of some) {
      const { device, condition, position, reading } = fact;
      if (bbox && !(position && within(bbox, position))) continue;
      devices += 1;
      if (device.simulated) simulated += 1;
      conditions[condition] += 1;
      if (condition === 'live') levels[reading?.level ?? 'none'] += 1;
      kinds.set(device.kind, (kinds.get(device.kind) ?? 0) + 1);
      const last = first.peek();
      if (first.length < limit) first.push(fact);
      else if (last && order(fact, last) < 0) {
        first.pop();
        first.push(fact);
      }
    }
    await yieldToOthers();
  }
  return { devices, simulated, conditions, levels, kinds, first: [...first.data].sort(order) };
}
