import TinyQueue from 'tinyqueue';
import type { DEVICE_CONDITIONS } from '../../model/device.ts';
import { type BBox, within } from '../../model/geometry.ts';
import type { LEVELS } from '../../model/level.ts';
import { batches, yieldToOthers } from '../../storage/batches.ts';
import { Drawn, type FigureCounts, type MarkCounts } from './drawn.ts';
import type { Fact } from './tiles/facts.ts';
import { addFact, emptyTally } from './tiles/tally.ts';

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
  readonly marks: MarkCounts;
  /** By the metric that colours them: those that report and have a value. */
  readonly figures: ReadonlyMap<string, FigureCounts>;
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
  const tally = emptyTally();
  const kinds = new Map<string, number>();
  const drawn = new Drawn();
  const order = ORDERS[sort];
  // The last of the first is on top: whoever comes before it takes its place.
  const first = new TinyQueue<Fact>([], (a, b) => order(b, a));
  function name(fact: Fact): void {
    const last = first.peek();
    if (first.length < limit) first.push(fact);
    else if (last && order(fact, last) < 0) {
      first.pop();
      first.push(fact);
    }
  }

  let unjudged = 0;
  for (const some of batches(facts, AT_ONCE)) {
    for (const fact of some) {
      const { device, position, condition, reading } = fact;
      const seen = !bbox || (position !== null && within(bbox, position));
      drawn.add(fact, seen);
      if (!seen) continue;
      addFact(tally, fact);
      if (condition === 'live' && !reading?.level) unjudged += 1;
      kinds.set(device.kind, (kinds.get(device.kind) ?? 0) + 1);
      name(fact);
    }
    await yieldToOthers();
  }
  const { count, simulated, live, silent, offline, good, fair, poor, severe } = tally;
  return {
    ...{ devices: count, simulated, conditions: { live, silent, offline, new: tally.new } },
    levels: { good, fair, poor, severe, none: unjudged },
    kinds,
    marks: { ...drawn.marks, stale: tally.stale, doubtful: tally.doubtful, quarantined: tally.quarantined },
    figures: drawn.figures(),
    first: [...first.data].sort(order),
  };
}
