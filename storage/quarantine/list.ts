import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import { CodedError } from '../../model/problem.ts';
import type { QuarantineItem } from '../../model/quarantine.ts';
import { yieldToOthers } from '../batches.ts';
import type { QuarantineFilters, QuarantineQuery } from './port.ts';
import { type ItemKey, type ItemRow, itemOf, keyOf } from './rows.ts';
import type { QuarantineSchema } from './schema.ts';

type Db = Kysely<QuarantineSchema>;
type Items = ExpressionBuilder<QuarantineSchema, 'items'>;

/** Items that one statement looks at: it holds up its thread, and what the filters leave of many may be few. */
const SLICE = 5_000;
/** Bytes of a payload in a list. */
export const SHOWN_BYTES = 8_192;

/** Where on the list: the order is of these. */
export interface Place extends ItemKey {
  readonly received: number;
}

/** Filters with an index, the narrowest first: one is walked, the others are looked at row by row. */
const INDEXED = ['device', 'reason', 'provider'] as const;

/** What the filters say, so written that the index of the first column is walked and no other. */
function holds(filters: QuarantineFilters) {
  const walked = INDEXED.find((name) => filters[name] !== undefined);
  return ({ eb, and }: Items) => {
    const all = [];
    for (const column of INDEXED) {
      const value = filters[column];
      if (value === undefined) continue;
      all.push(column === walked ? eb(column, '=', value) : sql<SqlBool>`+${sql.ref(column)} = ${value}`);
    }
    const { domain, format, state, from, to } = filters;
    if (from !== undefined) all.push(eb('received', '>=', from));
    if (to !== undefined) all.push(eb('received', '<', to));
    if (domain !== undefined) all.push(sql<SqlBool>`coalesce(details ->> '$.domain', '') = ${domain}`);
    if (format !== undefined) all.push(sql<SqlBool>`coalesce(details ->> '$.format', 'json') = ${format}`);
    if (state === 'replayed') all.push(eb('replayed', 'is not', null));
    else if (state !== undefined) {
      all.push(eb('replayed', 'is', null));
      all.push(eb('dismissed', state === 'dismissed' ? 'is not' : 'is', null));
    }
    return and(all);
  };
}

/** What the index alone finds: the others of the filters are left out. */
function walked({ device, reason, provider, from, to }: QuarantineFilters): QuarantineFilters {
  const range = { from, to };
  if (device !== undefined) return { device, ...range };
  return reason !== undefined ? { reason, ...range } : { provider, ...range };
}

/** A run of the list that one statement may look at. */
export interface Slice {
  /** The items of it that the filters choose. */
  readonly chosen: (items: Items) => Expression<SqlBool>;
  /** Where it ends; undefined for the last. */
  readonly end: Place | undefined;
}

/** The next slice behind a place. It is bounded by places, not by a number: what is added meanwhile moves nothing. */
export async function nextSlice(
  db: Db,
  filters: QuarantineFilters,
  order: 'newest' | 'oldest',
  after: Place | undefined,
): Promise<Slice> {
  const behind = (place: Place, comparison: '<' | '<=' | '>' | '>=') => (items: Items) =>
    items.eb(
      items.refTuple('received', 'seq', 'position'),
      comparison,
      items.tuple(place.received, place.seq, place.position),
    );
  const [direction, further, upTo] =
    order === 'oldest' ? (['asc', '>', '<='] as const) : (['desc', '<', '>='] as const);
  let rows = db
    .selectFrom('items')
    .select(['received', 'seq', 'position'])
    .where(holds(walked(filters)))
    .orderBy('received', direction)
    .orderBy('seq', direction)
    .orderBy('position', direction);
  if (after) rows = rows.where(behind(after, further));
  const end = await rows
    .offset(SLICE - 1)
    .limit(1)
    .executeTakeFirst();
  return {
    end,
    chosen: (items) =>
      items.and([
        holds(filters)(items),
        ...(after ? [behind(after, further)(items)] : []),
        ...(end ? [behind(end, upTo)(items)] : []),
      ]),
  };
}

/** As QuarantineStore.list. */
export async function listItems(db: Db, query: QuarantineQuery): Promise<readonly QuarantineItem[]> {
  const { order = 'newest', limit } = query;
  const direction = order === 'oldest' ? 'asc' : 'desc';
  const found: QuarantineItem[] = [];
  let place = await placeOf(db, query.after);
  // Items go from the old end only: where this one is gone, so is all that is older.
  if (place === 'gone' && order === 'newest') return [];
  if (place === 'gone') place = undefined;
  while (found.length < limit) {
    const { chosen, end } = await nextSlice(db, query, order, place);
    const rows = db
      .selectFrom('items')
      .where(chosen)
      .selectAll('items')
      .orderBy('received', direction)
      .orderBy('seq', direction)
      .orderBy('position', direction)
      .limit(limit - found.length);
    const page = await db
      .selectFrom(rows.as('items'))
      .leftJoin('messages', 'messages.seq', 'items.seq')
      .selectAll('items')
      .select([
        // Of nothing SQLite's substr is null.
        sql<ArrayBuffer | null>`iif(messages.seq is null, null, coalesce(substr(messages.payload, 1, ${SHOWN_BYTES}), x''))`.as(
          'kept',
        ),
        sql<number | null>`length(messages.payload)`.as('bytes'),
      ])
      .orderBy('received', direction)
      .orderBy('items.seq', direction)
      .orderBy('position', direction)
      .execute();
    found.push(...page.map(itemOf));
    if (end === undefined) break;
    place = end;
    await yieldToOthers();
  }
  return found;
}

async function placeOf(db: Db, id: string | undefined): Promise<Place | 'gone' | undefined> {
  if (id === undefined) return undefined;
  const key = keyOf(id);
  if (!key) throw new CodedError('invalid-cursor');
  const row: Pick<ItemRow, 'received' | 'seq' | 'position'> | undefined = await db
    .selectFrom('items')
    .select(['received', 'seq', 'position'])
    .where('seq', '=', key.seq)
    .where('position', '=', key.position)
    .executeTakeFirst();
  return row ?? 'gone';
}
