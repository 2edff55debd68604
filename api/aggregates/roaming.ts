import type { AggregateRow, GroupMember, Mover } from '../../storage/telemetry/port.ts';
import { createDues, type Dues, type Range, type Received, type Service } from './due.ts';
import type { WindowSpan } from './question.ts';

/** When the devices of each group, or of each pool of movers, are expected to report. */
export type Services = ReadonlyMap<string, readonly Service[]>;

/** Movers that answer for each other: those of one group of their own, or all where places decide the group. */
export const poolOf = (own: string | undefined): string => own ?? '';

const standing = (group: string): string => `standing ${group}`;
const pooled = (pool: string): string => `moving ${pool}`;

/** What to ask the store so that what stands in the groups that movers come into and the movers themselves are told apart. */
export function membersApart(
  members: readonly GroupMember[],
  movers: readonly Mover[],
  groups: ReadonlySet<string>,
): readonly GroupMember[] {
  return [
    ...members
      .filter(({ group }) => groups.has(group))
      .map(({ device, group }) => ({ device, group: standing(group) })),
    ...movers.map(({ device, group }) => ({ device, group: pooled(poolOf(group)) })),
  ];
}

/** Rows of a group by the start of their window, ascending. */
type Told = ReadonlyMap<string, readonly AggregateRow[]>;

function byGroup(rows: readonly AggregateRow[]): Told {
  const told = new Map<string, AggregateRow[]>();
  for (const row of rows) {
    const known = told.get(row.group);
    if (known) known.push(row);
    else told.set(row.group, [row]);
  }
  for (const its of told.values()) its.sort((a, b) => a.start - b.start);
  return told;
}

/** What the rows of the windows that begin within a span received. */
function receivedIn(rows: readonly AggregateRow[], { start, end }: WindowSpan): Received {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  const its = { count: 0, devices: 0 };
  for (let i = low; i < rows.length; i += 1) {
    const row = rows[i];
    if (!row || row.start >= end) break;
    its.count += row.count;
    its.devices = Math.max(its.devices, row.devices);
  }
  return its;
}

/**
 * What is due from groups that movers come into by where they are. Where an observation that never came would have been
 * made nobody knows: what the movers of a pool left out in a window is shared out as what they told, so that a group in
 * which they told a third is due a third of what was due from them all. `told` are the rows of `membersApart`.
 */
export function createRoamingDues(
  told: readonly AggregateRow[],
  services: { readonly standing: Services; readonly moving: Services },
  interval: number,
  range: Range,
): { of(group: string, pool: string, span: WindowSpan, received: Received): number } {
  const rows = byGroup(told);
  const dues = new Map<string, Dues>();
  const duesOf = (name: string, its: readonly Service[] = []): Dues => {
    const oldest = (rows.get(name) ?? []).reduce((least, row) => Math.min(least, row.oldest), Number.POSITIVE_INFINITY);
    const known = dues.get(name) ?? createDues(its, interval, range, oldest);
    dues.set(name, known);
    return known;
  };
  return {
    of(group, pool, span, received) {
      const [stands, moves] = [standing(group), pooled(pool)];
      const stood = receivedIn(rows.get(stands) ?? [], span);
      const due = duesOf(stands, services.standing.get(group)).of(span, stood);
      // The two questions are asked one after the other: what came in between must not count against the group.
      const roamed = Math.max(0, received.count - stood.count);
      if (roamed === 0) return due;
      const all = receivedIn(rows.get(moves) ?? [], span);
      const share = duesOf(moves, services.moving.get(pool)).of(span, all) / Math.max(all.count, roamed);
      return due + Math.round(roamed * Math.max(1, share));
    },
  };
}
