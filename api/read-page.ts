import type { Observation } from '../model/observation.ts';
import type { Identity, RangeQuery } from '../storage/telemetry/port.ts';
import type { Keep } from './observation-choice.ts';

/** Rows read for one page where a place filter leaves some out. */
const READ_AT_MOST = 50_000;

/** Reads until the page is full or nothing is left. `last` is set where there may be more. */
export async function readPage<Row extends Observation>(
  query: RangeQuery,
  keep: Keep | undefined,
  read: (query: RangeQuery) => Promise<readonly Row[]>,
): Promise<{ readonly items: readonly Row[]; readonly last: Identity | undefined }> {
  const items: Row[] = [];
  let after: Identity | undefined = query.after;
  for (let seen = 0; seen < READ_AT_MOST; ) {
    const batch = await read({ ...query, after, limit: query.limit + 1 });
    for (const row of batch) {
      if (items.length === query.limit) return { items, last: after };
      after = row;
      if (!keep || keep(row)) items.push(row);
    }
    if (batch.length <= query.limit) return { items, last: undefined };
    seen += batch.length;
  }
  return { items, last: after };
}
