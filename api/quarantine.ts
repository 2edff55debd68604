import type { Catalogue } from '../model/catalogue.ts';
import type { QuarantineItem } from '../model/quarantine.ts';

/** Stands where an item's text would show what the key may not see. */
export const WITHHELD = 'withheld: this domain reports metrics that the key may not read';

/**
 * An item as someone may see it who sees the metrics that `shows` says. A payload is whatever was sent, in any form, and
 * a detail may quote it: both are withheld where the domain reports any metric that does not show.
 */
export function itemFor(
  item: QuarantineItem,
  catalogue: Catalogue,
  shows: (metric: string) => boolean,
): QuarantineItem {
  const known = catalogue.domain(item.domain) !== undefined;
  const open = known
    ? catalogue.metricsOf(item.domain)
    : catalogue.domains.flatMap(({ id }) => catalogue.metricsOf(id));
  if (open.every(shows)) return item;
  return { ...item, detail: WITHHELD, payload: '', encoding: 'utf8' };
}
