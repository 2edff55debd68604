import type { Kind } from '../../model/domain.ts';
import { type DerivedMetric, inputsOf, type Metric } from '../../model/metric.ts';
import type { Quality } from '../../model/observation.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';
import type { LiveDevice, Reading } from './device.ts';

/** A metric that devices report, or one that the city works out of such. */
export type Figure = Metric | DerivedMetric;

export const isDerived = (figure: Figure): figure is DerivedMetric =>
  figure.overDevices === 'ratio' || figure.overDevices === 'index';

/**
 * What colours a kind's devices while a figure is chosen (null: none is): a ratio colours those that report both of its
 * metrics; an index is of hours and not of devices, so that one of its inputs stands for it. Undefined where the
 * kind reports nothing of it.
 */
export function figureOf(kind: Kind, chosen: Figure | null, catalogue: CatalogueStore): Figure | undefined {
  if (chosen === null) return catalogue.metric(kind.headline);
  if (!isDerived(chosen)) return kind.metrics.includes(chosen.id) ? chosen : undefined;
  const inputs = inputsOf(chosen).filter((id) => kind.metrics.includes(id));
  if (chosen.overDevices === 'ratio') return inputs.length === 2 ? chosen : undefined;
  const input = inputs.find((id) => id === kind.headline) ?? inputs[0];
  return input === undefined ? undefined : catalogue.metric(input);
}

const WORST_FIRST: readonly Quality[] = ['invalid', 'suspect', 'valid'];

/** The newest value of a figure that a device has; of a ratio it is as old and as good as the worse of the two. */
export function readingOf({ latest }: Pick<LiveDevice, 'latest'>, figure: Figure): Reading | undefined {
  if (!isDerived(figure)) return latest[figure.id];
  if (figure.overDevices !== 'ratio') return undefined;
  const [above, below] = [latest[figure.numerator], latest[figure.denominator]];
  if (above === undefined || below === undefined || below.value === 0) return undefined;
  return {
    value: (above.value / below.value) * figure.scale,
    time: Math.min(above.time, below.time),
    quality: WORST_FIRST.find((quality) => quality === above.quality || quality === below.quality) ?? 'valid',
  };
}

/** The metrics of devices that must be open for a figure to be. */
export const sourcesOf = (figure: Figure): readonly string[] => (isDerived(figure) ? inputsOf(figure) : [figure.id]);
