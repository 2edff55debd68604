import type { Provider } from '../../model/device.ts';
import type { Domain, Kind } from '../../model/domain.ts';
import type { DerivedMetric, Metric } from '../../model/metric.ts';
import type { Shape } from '../map/shape.ts';
import { lineShapeAt, shapeAt } from '../map/shape.ts';

/** The rows of the city as its API tells them: the page knows no domain by itself. */
export class CatalogueStore {
  domains: readonly Domain[] = $state.raw([]);
  providers: readonly Provider[] = $state.raw([]);
  readonly #kinds = $derived(
    new Map(this.domains.flatMap((domain) => domain.kinds.map((kind) => [`${domain.id}/${kind.id}`, kind]))),
  );
  readonly #metrics = $derived(
    new Map(this.domains.flatMap((domain) => domain.metrics.map((metric) => [metric.id, metric]))),
  );
  readonly #derived = $derived(
    new Map(this.domains.flatMap((domain) => domain.derived.map((metric) => [metric.id, metric]))),
  );
  readonly #shapes = $derived.by(() => {
    const shapes = new Map<string, Shape>();
    let [points, lines] = [0, 0];
    for (const [key, { geometry }] of this.#kinds)
      shapes.set(key, geometry === 'line' ? lineShapeAt(lines++) : shapeAt(points++));
    return shapes;
  });

  domain(id: string): Domain | undefined {
    return this.domains.find((domain) => domain.id === id);
  }

  kind(domain: string, kind: string): Kind | undefined {
    return this.#kinds.get(`${domain}/${kind}`);
  }

  /** A metric that devices report. */
  metric(id: string): Metric | undefined {
    return this.#metrics.get(id);
  }

  /** A metric that devices report, or one that is worked out of such. */
  figure(id: string): Metric | DerivedMetric | undefined {
    return this.#metrics.get(id) ?? this.#derived.get(id);
  }

  /** The name of who answers for a device, its id until the name is known. */
  provider(id: string): string {
    return this.providers.find((provider) => provider.id === id)?.name ?? id;
  }

  /** The shape that stands for a kind, in the order of the rows. */
  shape(domain: string, kind: string): Shape {
    return this.#shapes.get(`${domain}/${kind}`) ?? shapeAt(0);
  }
}
