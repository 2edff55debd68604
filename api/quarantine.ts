import type { Catalogue } from '../model/catalogue.ts';
import { CodedError } from '../model/problem.ts';
import type { QuarantineItem } from '../model/quarantine.ts';
import type { ApiKey } from '../storage/registry/port.ts';
import type { Guard } from './auth.ts';

/** Stands where an item's text would show what the key may not see. */
export const WITHHELD = 'withheld: this domain reports metrics that the key may not read';

/** Scopes that read the quarantine, and those that replay and dismiss what is in it. */
export const READERS = ['read', 'quarantine', 'admin'] as const;
export const MENDERS = ['quarantine', 'admin'] as const;

/** Whose items a key reaches: one provider's, or everybody's (null). */
export const reachOf = (key: ApiKey): string | null => (key.scopes.includes('admin') ? null : key.provider);

/** Filters as the key may ask them: those of its own provider. Throws CodedError `forbidden` where they name another. */
export function within<Filters extends { readonly provider?: string | undefined }>(
  key: ApiKey,
  filters: Filters,
): Filters & { readonly provider?: string | undefined } {
  const reach = reachOf(key);
  if (reach === null) return filters;
  if (filters.provider !== undefined && filters.provider !== reach)
    throw new CodedError('forbidden', `this key is for what ${reach} sends`);
  return { ...filters, provider: reach };
}

/** The item, where there is one within the key's reach; else throws CodedError `not-found`. */
export function reached(key: ApiKey, id: string, item: QuarantineItem | undefined): QuarantineItem {
  const reach = reachOf(key);
  if (item && (reach === null || item.provider === reach)) return item;
  throw new CodedError('not-found', `the quarantine holds no item ${id}`);
}

/**
 * An item as the holder of a key may see it. A payload is whatever was sent, in any form, and a detail may quote it: both
 * are withheld where the domain reports any metric that does not show. What a provider's own devices sent it may see.
 */
export function itemFor(item: QuarantineItem, key: ApiKey, catalogue: Catalogue, guard: Guard): QuarantineItem {
  if (key.scopes.includes('quarantine') && key.provider === item.provider) return item;
  const known = catalogue.domain(item.domain) !== undefined;
  const open = known
    ? catalogue.metricsOf(item.domain)
    : catalogue.domains.flatMap(({ id }) => catalogue.metricsOf(id));
  if (open.every((metric) => guard.shows(key, metric))) return item;
  return { ...item, detail: WITHHELD, payload: '', encoding: 'utf8', bytes: null };
}
