import type { Domain, Kind } from './domain.ts';
import { DOMAINS } from './domains/index.ts';
import { type DerivedMetric, inputsOf, type Metric } from './metric.ts';

/** The rows of all domains, looked up by id. A metric id is unique in the city: kinds of any domain may name it. */
export interface Catalogue {
  readonly domains: readonly Domain[];
  domain(id: string): Domain | undefined;
  kind(domain: string, kind: string): Kind | undefined;
  metric(id: string): Metric | undefined;
  /** Expected seconds between two observations of a metric by a device; undefined where there is no such metric. */
  intervalOf(device: { readonly domain: string; readonly kind: string }, metric: string): number | undefined;
  derived(id: string): DerivedMetric | undefined;
  /** Ids of the metrics a domain's kinds report, its own first. */
  metricsOf(domain: string): readonly string[];
}

/**
 * Builds the look-ups; throws where two metrics share an id, or a kind, a derived metric or a key figure names a metric
 * that is not there, or a kind is like one that is not there.
 */
export function createCatalogue(domains: readonly Domain[]): Catalogue {
  const byDomain = new Map(domains.map((domain) => [domain.id, domain]));
  const metrics = new Map(domains.flatMap((domain) => domain.metrics.map((metric) => [metric.id, metric])));
  const derived = new Map(domains.flatMap((domain) => domain.derived.map((metric) => [metric.id, metric])));
  const kinds = new Map(domains.flatMap((d) => d.kinds.map((kind) => [`${d.id}/${kind.id}`, kind])));

  const ids = domains.flatMap((domain) => [...domain.metrics, ...domain.derived].map((metric) => metric.id));
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw new Error(`metric ${twice} is declared twice`);
  checkLikenesses(domains);
  for (const kind of kinds.values())
    for (const id of [...kind.metrics, kind.headline])
      if (!metrics.has(id)) throw new Error(`kind ${kind.id} names an unknown metric ${id}`);
  for (const row of derived.values())
    for (const id of inputsOf(row))
      if (!metrics.has(id)) throw new Error(`derived metric ${row.id} names an unknown metric ${id}`);
  for (const { id, keyFigures } of domains)
    for (const { metric } of keyFigures)
      if (!metrics.has(metric) && !derived.has(metric))
        throw new Error(`a key figure of ${id} names an unknown metric ${metric}`);

  const reported = new Map(
    domains.map((domain) => {
      const own = domain.metrics.map((metric) => metric.id);
      return [domain.id, [...new Set([...own, ...domain.kinds.flatMap((kind) => kind.metrics)])]] as const;
    }),
  );
  return {
    domains,
    domain: (id) => byDomain.get(id),
    kind: (domain, kind) => kinds.get(`${domain}/${kind}`),
    metric: (id) => metrics.get(id),
    intervalOf({ domain, kind }, id) {
      const metric = metrics.get(id);
      return metric && (kinds.get(`${domain}/${kind}`)?.interval ?? metric.interval);
    },
    derived: (id) => derived.get(id),
    metricsOf: (domain) => reported.get(domain) ?? [],
  };
}

function checkLikenesses(domains: readonly Domain[]): void {
  for (const { kinds } of domains) {
    const plain = new Set(kinds.filter(({ like }) => like === undefined).map(({ id }) => id));
    const odd = kinds.find(({ like }) => like !== undefined && !plain.has(like));
    if (odd) throw new Error(`kind ${odd.id} is like an unknown kind ${odd.like}`);
  }
}

/** The city's own catalogue. */
export const catalogue: Catalogue = createCatalogue(DOMAINS);
