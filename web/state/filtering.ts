import type { DeviceCondition } from '../../model/device.ts';
import { type Position, representative } from '../../model/geometry.ts';
import type { Level } from '../../model/level.ts';
import type { AreaStore } from './areas.svelte.ts';
import { newestTime } from './device.ts';
import type { Mark } from './mark.ts';
import { type Filters, NO_FILTERS } from './url.ts';

/** What filters are judged by besides the marks themselves. */
export interface FilterContext {
  /** Ms since the epoch. */
  readonly now: number;
  readonly areas: Pick<AreaStore, 'of'>;
  /** Whether a position lies in the drawn area; null or absent where none is drawn. */
  readonly drawn?: ((position: Position) => boolean) | null;
}

type Test = (mark: Mark) => boolean;

const SIMULATED: Readonly<Record<Filters['simulated'], Test>> = {
  include: () => true,
  exclude: ({ device }) => !device.simulated,
  only: ({ device }) => device.simulated,
};

/**
 * Whether a device passes every filter but its state: those of another state are not at hand. A level is of the present:
 * what fell silent has none.
 */
export function passing(filters: Filters, { now, areas, drawn = null }: FilterContext): Test {
  const { kind, provider, conditions, levels, freshWithin, ward, simulated } = filters;
  const tests: Test[] = [];
  if (kind !== null) tests.push(({ device }) => device.kind === kind);
  if (provider !== null) tests.push(({ device }) => device.provider === provider);
  if (conditions.length > 0) tests.push(({ condition }) => conditions.includes(condition));
  if (levels.length > 0) tests.push(({ rating, faded }) => !faded && levels.some((level) => level === rating));
  if (freshWithin !== null)
    tests.push(({ device }) => {
      const newest = newestTime(device);
      return newest !== null && now - newest <= freshWithin * 1_000;
    });
  if (ward !== null) tests.push(({ geometry }) => areas.of(geometry) === ward);
  if (drawn !== null) tests.push(({ geometry }) => geometry !== null && drawn(representative(geometry)));
  if (simulated !== 'include') tests.push(SIMULATED[simulated]);
  return (mark) => tests.every((test) => test(mark));
}

/** How many filters are on. */
export function countFilters(filters: Filters): number {
  return [
    filters.kind !== null,
    filters.provider !== null,
    filters.conditions.length > 0,
    filters.levels.length > 0,
    filters.freshWithin !== null,
    filters.ward !== null,
    filters.simulated !== NO_FILTERS.simulated,
    filters.state !== NO_FILTERS.state,
  ].filter(Boolean).length;
}

/** How many of the devices stand at each level and condition, each counted with the other filters on. */
export interface Facets {
  readonly levels: ReadonlyMap<Level, number>;
  readonly conditions: ReadonlyMap<DeviceCondition, number>;
}

export function facetsOf(marks: readonly Mark[], filters: Filters, context: FilterContext): Facets {
  const levels = new Map<Level, number>();
  const conditions = new Map<DeviceCondition, number>();
  const atAnyLevel = passing({ ...filters, levels: [] }, context);
  const inAnyCondition = passing({ ...filters, conditions: [] }, context);
  for (const mark of marks) {
    const { rating, condition, faded } = mark;
    if (rating !== null && rating !== 'unrated' && !faded && atAnyLevel(mark))
      levels.set(rating, (levels.get(rating) ?? 0) + 1);
    if (inAnyCondition(mark)) conditions.set(condition, (conditions.get(condition) ?? 0) + 1);
  }
  return { levels, conditions };
}

/** `values` with `value` taken out, or put in where it was not, in the order of `all`. */
export function toggled<T>(all: readonly T[], values: readonly T[], value: T): readonly T[] {
  return all.filter((each) => (each === value ? !values.includes(each) : values.includes(each)));
}
