/**
 * Where the observations of a request are exported, the archived ones among them (RFC 8288; the relation is IANA's
 * `archives`). `range` is the one that was answered.
 */
export function archivesLink(url: string, range: { readonly from: number; readonly to: number }): string {
  const query = new URL(url).searchParams;
  for (const name of ['cursor', 'limit']) query.delete(name);
  query.set('from', String(range.from));
  query.set('to', String(range.to));
  return `</api/v1/export/observations?${query}>; rel="archives"`;
}
