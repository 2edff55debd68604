import type { Area } from '../../model/area.ts';
import type { DerivedMetric, Metric } from '../../model/metric.ts';
import type { Answer } from '../aggregates/answer.ts';
import { INHABITANTS, type ProfileRank } from './view.ts';

/** A total for so many inhabitants; null for what is no total, or where nobody knows how many live there. */
export function perInhabitants(
  metric: Metric | DerivedMetric,
  value: number,
  population: number | null,
): number | null {
  return metric.overDevices === 'sum' && population ? (value / population) * INHABITANTS : null;
}

/** The middle of sorted numbers, or the mean of the two in the middle. */
function medianOf(sorted: readonly number[]): number {
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)] ?? 0,
    sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0,
  ];
  return (low + high) / 2;
}

/**
 * Where a ward stands among those that have an answer. Totals are compared per inhabitants, for a large ward has more of
 * everything; null where the ward has no figure to compare.
 */
export function rankOf(
  ward: string,
  metric: Metric | DerivedMetric,
  answers: readonly Answer[],
  wards: readonly Area[],
): ProfileRank | null {
  const total = metric.overDevices === 'sum';
  const populations = new Map(wards.map(({ id, population }) => [id, population]));
  const figures = new Map<string, number>();
  for (const { group, value } of answers) {
    const figure = total ? perInhabitants(metric, value, populations.get(group) ?? null) : value;
    if (figure !== null) figures.set(group, figure);
  }
  const own = figures.get(ward);
  if (own === undefined) return null;
  const sorted = [...figures.values()].sort((a, b) => a - b);
  return {
    place: 1 + sorted.filter((figure) => figure > own).length,
    of: sorted.length,
    by: total ? 'inhabitants' : 'value',
    lowest: sorted[0] ?? own,
    median: medianOf(sorted),
    highest: sorted.at(-1) ?? own,
  };
}
