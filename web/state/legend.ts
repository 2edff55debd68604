import type { Level } from '../../model/level.ts';
import type { Metric } from '../../model/metric.ts';
import type { Text } from '../../model/text.ts';
import type { Shape } from '../map/shape.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';

/** The kinds that one metric colours. */
export interface LegendGroup {
  readonly metric: Metric;
  readonly kinds: readonly { readonly id: string; readonly name: Text; readonly shape: Shape }[];
}

/** The legend of a domain (null: of all), one group for each metric that is some kind's headline. */
export function legendOf(catalogue: CatalogueStore, domain: string | null): readonly LegendGroup[] {
  const groups = new Map<string, { metric: Metric; kinds: LegendGroup['kinds'][number][] }>();
  for (const { id, kinds } of catalogue.domains) {
    if (domain !== null && id !== domain) continue;
    for (const kind of kinds) {
      const metric = catalogue.metric(kind.headline);
      if (metric === undefined) continue;
      const group = groups.get(metric.id) ?? { metric, kinds: [] };
      group.kinds.push({ id: `${id}/${kind.id}`, name: kind.name, shape: catalogue.shape(id, kind.id) });
      groups.set(metric.id, group);
    }
  }
  return [...groups.values()];
}

/** A band of a metric with both of its bounds; null is open. */
export interface BoundedBand {
  readonly level: Level;
  readonly low: number | null;
  readonly high: number | null;
}

/** The metric's bands from the lowest up. */
export function boundedBands({ thresholds }: Pick<Metric, 'thresholds'>): readonly BoundedBand[] {
  return thresholds.map(({ below, level }, i) => ({ level, low: thresholds[i - 1]?.below ?? null, high: below }));
}
