/** Parameters to set in the page's address: null takes one out, undefined leaves it as it is. */
export type Parameters = Readonly<Record<string, string | null | undefined>>;

/** The query string with the parameters in it; what is not among them stays. */
export function withParameters(search: string, parameters: Parameters): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) query.delete(name);
    else if (value !== undefined) query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** Puts parameters into the address of the page: as a new entry of its history where Back should undo it. */
export function changeAddress(parameters: Parameters, history: 'push' | 'replace' = 'replace'): void {
  const { pathname, search, hash } = window.location;
  const next = withParameters(search, parameters);
  if (next === search) return;
  const address = `${pathname}${next}${hash}`;
  if (history === 'push') window.history.pushState(null, '', address);
  else window.history.replaceState(window.history.state, '', address);
}
