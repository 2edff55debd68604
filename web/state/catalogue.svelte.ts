import type { Provider } from '../../model/device.ts';
import type { Domain, Kind } from '../../model/domain.ts';
import type { DerivedMetric, Metric } from '../../model/metric.ts';
import type { Shape } from '../map/shape.ts';
import { lineShapeAt, shapeAt } from '../map/shape.ts';

/** The rows of the city as its API tells them: the page knows no domain by itself. */
export class CatalogueStore {
  readonly #devices: () => readonly { readonly kind: string }[];
  domains: readonly Domain[] = $state.raw([]);
  providers: readonly Provider[] = $state.raw([]);
  readonly #kinds = $derived(
    new Map(this.domains.flatMap((domain) => domain.kinds.map((kind) => [`${domain.id}/${kind.id}`, kind]))),
  );
  readonly #metrics = $derived(
    new Map(this.domains.flatMap((domain) => domain.metrics.map((metric) => [metric.id, metric]))),
  );
  /** Metrics of kinds that report in an interval of their own. */
  readonly #paced = $derived.by(() => {
    const paced = new Map<string, Metric>();
    for (const [key, { interval, metrics }] of this.#kinds)
      if (interval !== undefined)
        for (const id of metrics) {
          const metric = this.#metrics.get(id);
          if (metric) paced.set(`${key}/${id}`, { ...metric, interval });
        }
    return paced;
  });
  readonly #derived = $derived(
    new Map(this.domains.flatMap((domain) => domain.derived.map((metric) => [metric.id, metric]))),
  );
  readonly #shapes = $derived.by(() => {
    const shapes = new Map<string, Shape>();
    let [points, lines] = [0, 0];
    for (const [key, { geometry, like }] of this.#kinds)
      if (like === undefined) shapes.set(key, geometry === 'line' ? lineShapeAt(lines++) : shapeAt(points++));
    return shapes;
  });
  readonly #products = $derived(
    new Set(this.domains.flatMap(({ kinds }) => kinds.flatMap(({ id, like }) => (like === undefined ? [] : [id])))),
  );
  // As text, so that what follows from it is worked out anew only where it changes, and not with every value.
  readonly #met = $derived.by(() => {
    const kinds = new Set(this.#devices().map(({ kind }) => kind));
    return [...kinds]
      .filter((id) => this.#products.has(id))
      .sort()
      .join();
  });

  /** `devices` are those at hand: products of makers are listed where there are some. */
  constructor(devices: () => readonly { readonly kind: string }[] = () => []) {
    this.#devices = devices;
  }

  /** The kinds of a domain to be listed: a maker's product where there are devices of it, or where it was `chosen`. */
  listed(domain: Domain, chosen: string | null = null): readonly Kind[] {
    const met = this.#met.split(',');
    return domain.kinds.filter(({ id, like }) => like === undefined || id === chosen || met.includes(id));
  }

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

  /** A metric as a device reports it: in the interval of its kind, where that has one of its own. */
  metricOf({ domain, kind }: { readonly domain: string; readonly kind: string }, id: string): Metric | undefined {
    return this.#paced.get(`${domain}/${kind}/${id}`) ?? this.#metrics.get(id);
  }

  /** A metric that devices report, or one that is worked out of such. */
  figure(id: string): Metric | DerivedMetric | undefined {
    return this.#metrics.get(id) ?? this.#derived.get(id);
  }

  /** The name of who answers for a device, its id until the name is known. */
  provider(id: string): string {
    return this.providers.find((provider) => provider.id === id)?.name ?? id;
  }

  /** The shape that stands for a kind, in the order of the rows; a product has that of the kind that it is like. */
  shape(domain: string, kind: string): Shape {
    return this.#shapes.get(`${domain}/${this.kind(domain, kind)?.like ?? kind}`) ?? shapeAt(0);
  }
}
