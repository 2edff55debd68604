import type { MapSummary } from '../api/shapes.ts';
import { newestTime } from './device.ts';
import { type FilterContext, passing } from './filtering.ts';
import type { Mark } from './mark.ts';
import { type Filters, NO_FILTERS } from './url.ts';

/** What the marks are counted by. */
export interface CountAsked {
  readonly marks: readonly Mark[];
  readonly filters: Filters;
  readonly context: FilterContext;
}

/** Those that pass every filter but one: what choosing another value of it would choose from. */
function without({ marks, filters, context }: CountAsked, name: keyof Filters): readonly Mark[] {
  return marks.filter(passing({ ...filters, [name]: NO_FILTERS[name] }, context));
}

/** How many devices each value of a filter would leave, the other filters on; a value that leaves none is not in it. */
export function countsBy(
  asked: CountAsked,
  name: keyof Filters,
  told: (mark: Mark) => string | undefined,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const mark of without(asked, name)) {
    const value = told(mark);
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** How many devices reported within each of these ages, in seconds, the other filters on. */
export function countsWithin(asked: CountAsked, ages: readonly number[]): ReadonlyMap<string, number> {
  const { now } = asked.context;
  const since = without(asked, 'freshWithin').flatMap(({ device }) => {
    const newest = newestTime(device);
    return newest === null ? [] : [(now - newest) / 1_000];
  });
  return new Map(ages.map((age) => [String(age), since.filter((seconds) => seconds <= age).length]));
}

/** What is said of the devices that are shown, as numbers. */
export interface Standing {
  readonly shown: number;
  readonly silent: number;
  readonly offline: number;
  readonly new: number;
  readonly simulated: number;
}

/** How many are shown and how they do: the devices at hand, and of a large domain what its view holds. */
export function standingOf(
  marks: readonly Mark[],
  views: ReadonlyMap<string, Pick<MapSummary, 'devices' | 'simulated' | 'conditions'>> = new Map(),
): Standing {
  const standing = { shown: 0, silent: 0, offline: 0, new: 0, simulated: 0 };
  for (const { condition, device } of marks) {
    // The first of a view are among those that its summary has counted.
    if (views.has(device.domain)) continue;
    standing.shown += 1;
    if (condition !== 'live') standing[condition] += 1;
    if (device.simulated) standing.simulated += 1;
  }
  for (const { devices, simulated, conditions } of views.values()) {
    standing.shown += devices;
    standing.simulated += simulated;
    for (const condition of ['silent', 'offline', 'new'] as const) standing[condition] += conditions[condition];
  }
  return standing;
}
