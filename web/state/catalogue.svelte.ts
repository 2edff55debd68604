import type { Provider } from '../../model/device.ts';
import type { Domain, Kind } from '../../model/domain.ts';
import type { Metric } from '../../model/metric.ts';
import type { Shape } from '../map/shape.ts';
import { shapeAt } from '../map/shape.ts';

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
  readonly #shapes = $derived.by(() => {
    const shapes = new Map<string, Shape>();
    let next = 0;
    for (const [key, kind] of this.#kinds) shapes.set(key, kind.geometry === 'line' ? 'line' : shapeAt(next++));
    return shapes;
  });

  domain(id: string): Domain | undefined {
    return this.domains.find((domain) => domain.id === id);
  }

  kind(domain: string, kind: string): Kind | undefined {
    return this.#kinds.get(`${domain}/${kind}`);
  }

  metric(id: string): Metric | undefined {
    return this.#metrics.get(id);
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
