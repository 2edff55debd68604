import { z } from 'zod';
import type { CityClient, Question } from './city-client.ts';

const PAGE = 1_000;

/** The items of a list, page after page, at most `limit` of them. */
export async function itemsOf<T extends z.ZodType>(
  city: CityClient,
  item: T,
  path: string,
  query: NonNullable<Question['query']>,
  limit = Number.POSITIVE_INFINITY,
): Promise<z.output<T>[]> {
  const page = z.object({ items: z.array(item), next: z.string().nullable() });
  const items: z.output<T>[] = [];
  let cursor: string | undefined;
  do {
    // A cursor belongs to one query: only the limit may change.
    const size = Math.min(PAGE, limit - items.length);
    const answer = await city.ask(page, 'GET', path, { query: { ...query, limit: size, cursor } });
    items.push(...answer.items);
    cursor = answer.next ?? undefined;
  } while (cursor !== undefined && items.length < limit);
  return items;
}
