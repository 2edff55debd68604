import { LANGUAGES, type Language } from '../../model/text.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What of the page is in its address: a link shows another person the same thing. */
export interface UrlState {
  readonly language: Language | null;
  readonly theme: Theme | null;
  readonly domain: string | null;
  readonly device: string | null;
}

const one = <T extends string>(values: readonly T[], value: string | null): T | null =>
  values.find((known) => known === value) ?? null;

/** Reads a query string; what is not understood counts as not given. */
export function readUrl(search: string): UrlState {
  const query = new URLSearchParams(search);
  return {
    language: one(LANGUAGES, query.get('lang')),
    theme: one(THEMES, query.get('theme')),
    domain: query.get('domain') || null,
    device: query.get('device') || null,
  };
}

/** The query string with `change` in it; null takes a value out, and what is not ours stays. */
export function writeUrl(search: string, change: Partial<UrlState>): string {
  const query = new URLSearchParams(search);
  const { language: lang, ...rest } = change;
  for (const [name, value] of Object.entries({ lang, ...rest })) {
    if (value === null) query.delete(name);
    else if (value !== undefined) query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** Puts a change into the address of the page without a new entry in its history. */
export function replaceUrl(change: Partial<UrlState>): void {
  const { pathname, search, hash } = window.location;
  window.history.replaceState(window.history.state, '', `${pathname}${writeUrl(search, change)}${hash}`);
}
