import type { Domain } from '../../model/domain.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';
import { type Figure, figureOf } from './figure.ts';

/** The figures of a domain that a layer can be coloured by. */
export interface Choices {
  readonly domain: Domain;
  readonly figures: readonly Figure[];
}

/**
 * The figures to choose from, of one domain or (null) of all; each once, where it comes first. Devices are coloured by
 * what they report, `areas` also by indices.
 */
export function choicesOf(catalogue: CatalogueStore, domain: string | null, areas: boolean): readonly Choices[] {
  const seen = new Set<string>();
  return catalogue.domains
    .filter(({ id }) => domain === null || id === domain)
    .map((row) => {
      const kinds = catalogue.listed(row);
      const figures = [...row.metrics, ...row.derived].filter((figure) => {
        if (seen.has(figure.id)) return false;
        if (!areas && figure.overDevices === 'index') return false;
        if (!kinds.some((kind) => figureOf(kind, figure, catalogue) !== undefined)) return false;
        seen.add(figure.id);
        return true;
      });
      return { domain: row, figures };
    })
    .filter(({ figures }) => figures.length > 0);
}

/** What wards are coloured by where no figure was chosen: the first key figure of the domain, or of the first one. */
export function firstFigure(catalogue: CatalogueStore, domain: string | null): Figure | undefined {
  const row = domain === null ? catalogue.domains[0] : catalogue.domain(domain);
  const [first] = row?.keyFigures ?? [];
  return first && catalogue.figure(first.metric);
}
