import { MISSED_INTERVALS } from '../../model/condition.ts';

/** A time without data, ms since the epoch. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** When something was heard: one observation, or the first and last one of a window. */
export interface Heard {
  readonly oldest: number;
  readonly newest: number;
}

/** How long nothing may be heard before it is a gap, ms: as long as before a device counts as silent. */
export const patience = (interval: number): number => MISSED_INTERVALS * interval * 1_000;

/**
 * The times between `from` and `to` in which nothing was heard for longer than `longest` (all ms). `heard` is in the
 * order of time and lies within. Before the first and after the last the ends of the range count as heard.
 */
export function gapsOf(heard: readonly Heard[], from: number, to: number, longest: number): readonly Gap[] {
  const gaps: Gap[] = [];
  let before = from;
  for (const { oldest, newest } of heard) {
    if (oldest - before > longest) gaps.push({ from: before, to: oldest });
    before = Math.max(before, newest);
  }
  if (to - before > longest) gaps.push({ from: before, to });
  return gaps;
}

/** The longest of the gaps, undefined without any. */
export const longestOf = (gaps: readonly Gap[]): Gap | undefined =>
  gaps.reduce<Gap | undefined>(
    (longest, gap) => (longest === undefined || gap.to - gap.from > longest.to - longest.from ? gap : longest),
    undefined,
  );
