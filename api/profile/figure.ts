import type { Area } from '../../model/area.ts';
import { levelOf } from '../../model/level.ts';
import { instant } from '../../model/observation.ts';
import { type Answer, completenessOf } from '../aggregates/answer.ts';
import { windowEnd } from '../aggregates/windows.ts';
import { perInhabitants, rankOf } from './rank.ts';
import type { SheetRow } from './sheet.ts';
import { spanBefore } from './spans.ts';
import type { ProfileBefore, ProfileFigure } from './view.ts';

/** Whose figure is told: its group in the sheet, and the wards it is ranked among where it is one of them. */
export interface Subject {
  readonly group: string;
  readonly population: number | null;
  readonly among: readonly Area[] | undefined;
}

function beforeOf(row: SheetRow, now: Answer, before: Answer | undefined, timezone: string): ProfileBefore | null {
  if (!before) return null;
  const { window, to } = spanBefore(row.span, timezone);
  const difference = now.value - before.value;
  return {
    from: instant(before.start),
    to: instant(Math.min(to, windowEnd(before.start, window, to, timezone))),
    value: before.value,
    completeness: completenessOf(before),
    difference,
    ratio: before.value === 0 ? null : difference / Math.abs(before.value),
  };
}

/** One figure of a profile. */
export function figureOf(row: SheetRow, { group, population, among }: Subject, timezone: string): ProfileFigure {
  const { metric, figure, over, span } = row;
  const answer = row.now.get(group);
  const about = { metric, unit: figure.unit, over };
  if (!answer)
    return {
      ...{ ...about, value: null, level: null, per_inhabitants: null, from: instant(span.from), to: instant(span.to) },
      ...{ expected: null, received: 0, completeness: null, newest: null, devices: 0, rank: null, before: null },
      missing: row.unavailable ? 'unavailable' : 'no-data',
    };
  const { start, value, expected, count, devices, newest } = answer;
  return {
    ...{ ...about, value, missing: null },
    // The thresholds are of one device: a total of many is not judged by them.
    level: figure.overDevices === 'sum' ? null : (levelOf(figure.thresholds, value) ?? null),
    per_inhabitants: perInhabitants(figure, value, population),
    ...{ from: instant(start), to: instant(Math.min(span.to, windowEnd(start, span.window, span.to, timezone))) },
    ...{ expected, received: count, completeness: completenessOf(answer), newest: instant(newest), devices },
    rank: among ? rankOf(group, figure, [...row.now.values()], among) : null,
    before: beforeOf(row, answer, row.before.get(group), timezone),
  };
}
