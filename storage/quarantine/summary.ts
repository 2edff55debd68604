import { type Kysely, sql } from 'kysely';
import type { QuarantineCounts, QuarantineSummary } from '../../model/quarantine.ts';
import type { Reason } from '../../model/reason.ts';
import { yieldToOthers } from '../batches.ts';
import { stateOf } from './counting.ts';
import { nextSlice, type Place } from './list.ts';
import type { QuarantineFilters } from './port.ts';
import type { QuarantineSchema } from './schema.ts';

type Counts = { -readonly [K in keyof QuarantineCounts]: number };
interface Row {
  readonly device: string;
  readonly provider: string;
  readonly reason: Reason;
  readonly state: string;
  readonly n: number;
}

/** Adds counts up by one of their names, the largest first. */
class Tally<Name extends string> {
  readonly #counts = new Map<Name, Counts>();

  add(name: Name, state: string, n: number): void {
    const counts = this.#counts.get(name) ?? { items: 0, waiting: 0, replayed: 0, dismissed: 0 };
    counts.items += n;
    if (state === 'waiting' || state === 'replayed' || state === 'dismissed') counts[state] += n;
    this.#counts.set(name, counts);
  }

  get sorted(): readonly (readonly [Name, Counts])[] {
    return [...this.#counts].sort(([a, { items: x }], [b, { items: y }]) => y - x || (a < b ? -1 : 1));
  }
}

/** As QuarantineStore.summary. */
export async function summarise(
  db: Kysely<QuarantineSchema>,
  filters: Omit<QuarantineFilters, 'state'>,
  top: number,
): Promise<QuarantineSummary> {
  const [all, reasons, providers, devices] = [new Tally<'all'>(), new Tally<Reason>(), new Tally(), new Tally()];
  const { domain, format, from, to } = filters;
  // Counts are kept by what is asked most; for anything else items are looked at.
  const kept = [domain, format, from, to].every((filter) => filter === undefined);
  for await (const rows of kept ? keptCounts(db, filters) : countedAnew(db, filters)) {
    for (const { device, provider, reason, state, n } of rows) {
      all.add('all', state, n);
      reasons.add(reason, state, n);
      providers.add(provider, state, n);
      devices.add(device, state, n);
    }
  }
  const [total] = all.sorted;
  return {
    ...(total?.[1] ?? { items: 0, waiting: 0, replayed: 0, dismissed: 0 }),
    reasons: reasons.sorted.map(([reason, counts]) => ({ reason, ...counts })),
    providers: providers.sorted.map(([provider, counts]) => ({ provider, ...counts })),
    devices: devices.sorted.slice(0, top).map(([device, counts]) => ({ device, ...counts })),
  };
}

async function* keptCounts(db: Kysely<QuarantineSchema>, filters: QuarantineFilters): AsyncGenerator<readonly Row[]> {
  let counts = db.selectFrom('counts').selectAll();
  for (const column of ['device', 'provider', 'reason'] as const) {
    const value = filters[column];
    if (value !== undefined) counts = counts.where(column, '=', value);
  }
  yield await counts.execute();
}

async function* countedAnew(db: Kysely<QuarantineSchema>, filters: QuarantineFilters): AsyncGenerator<readonly Row[]> {
  for (let place: Place | undefined; ; await yieldToOthers()) {
    const { chosen, end } = await nextSlice(db, filters, 'newest', place);
    yield await db
      .selectFrom('items')
      .where(chosen)
      .select(['device', 'provider', 'reason', sql<string>`${sql.raw(stateOf('items'))}`.as('state')])
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .groupBy(['device', 'provider', 'reason', 'state'])
      .execute();
    if (end === undefined) return;
    place = end;
  }
}
