import type { Observation } from '../../model/observation.ts';
import type { History } from '../../storage/archive/history.ts';
import type { Identity, RangeQuery } from '../../storage/telemetry/port.ts';

/** Observations read at once. */
export const PAGE = 5_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/**
 * All observations of a range in their order, page by page, whenever the next page is asked for. Each page is looked for
 * in a span of time that has about so many: a store asked for the first of everything would sort it all each time.
 */
export async function* pagesOf(
  history: Pick<History, 'range'>,
  { from, to, ...what }: Omit<RangeQuery, 'after' | 'limit'>,
  page = PAGE,
): AsyncGenerator<readonly Observation[]> {
  let [start, span] = [from, HOUR];
  let after: Identity | undefined;
  while (start < to) {
    const end = Math.min(to, start + span);
    const found = await history.range({ ...what, from: start, to: end, after, limit: page });
    if (found.length > 0) yield found;
    const last = found.at(-1);
    if (last && found.length >= page) {
      span = Math.max(MINUTE, last.time - start);
      [start, after] = [last.time, last];
    } else {
      if (found.length < page / 2) span *= 2;
      [start, after] = [end, undefined];
    }
  }
}
