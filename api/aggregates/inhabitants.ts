import type { Area } from '../../model/area.ts';
import type { DerivedMetric, Metric } from '../../model/metric.ts';
import { CodedError } from '../../model/problem.ts';
import type { Answer } from './answer.ts';

/** Figures told for so many inhabitants of each area. */
export interface PerInhabitants {
  readonly answers: readonly Answer[];
  readonly populationOf: (group: string) => number | undefined;
  /** Areas that have figures but no population, and are left out. Ordered. */
  readonly without: readonly string[];
}

/** Throws CodedError `invalid-request` where a figure by inhabitants means nothing. */
export function checkPer(metric: Metric | DerivedMetric, groupBy: string): void {
  if (groupBy !== 'area')
    throw new CodedError('invalid-request', 'per: only areas have inhabitants: ask with group_by=area');
  if (metric.overDevices !== 'sum')
    throw new CodedError('invalid-request', `per: ${metric.id} is not a sum over devices, so it cannot be shared out`);
}

/** `value` and `sum` of each area divided by its population, times `per`. */
export function perInhabitants(answers: readonly Answer[], areas: readonly Area[], per: number): PerInhabitants {
  const populations = new Map(areas.flatMap(({ id, population }) => (population ? [[id, population] as const] : [])));
  const without = new Set<string>();
  const told = answers.flatMap((answer) => {
    const population = populations.get(answer.group);
    if (population !== undefined)
      return [{ ...answer, value: (answer.value / population) * per, sum: (answer.sum / population) * per }];
    without.add(answer.group);
    return [];
  });
  return { answers: told, populationOf: (group) => populations.get(group), without: [...without].sort() };
}
