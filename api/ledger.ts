import type { Provider } from '../model/device.ts';
import type { Ledger } from '../model/ledger.ts';
import { counts, type SimulatedFilter } from './query.ts';

type Rows = Ledger['providers'];

const sum = (rows: Rows, count: (row: Rows[number]) => number): number =>
  rows.reduce((total, row) => total + count(row), 0);

/**
 * The books of the providers with the asked mark, their sums as totals. One that is registered no more has no mark: it is
 * in neither.
 */
export function chosenBooks(books: Ledger, providers: readonly Provider[], asked: SimulatedFilter): Ledger {
  const chosen = new Set(providers.filter(({ simulated }) => counts(asked, simulated)).map(({ id }) => id));
  const rows = books.providers.filter(({ id }) => chosen.has(id));
  return {
    messages: {
      accepted: sum(rows, ({ messages }) => messages.accepted),
      processed: sum(rows, ({ messages }) => messages.processed),
      quarantined: sum(rows, ({ messages }) => messages.quarantined),
      pending: sum(rows, ({ messages }) => messages.pending),
    },
    observations: {
      decoded: sum(rows, ({ observations }) => observations.decoded),
      stored: sum(rows, ({ observations }) => observations.stored),
      duplicate: sum(rows, ({ observations }) => observations.duplicate),
      corrected: sum(rows, ({ observations }) => observations.corrected),
      quarantined: sum(rows, ({ observations }) => observations.quarantined),
    },
    providers: rows,
  };
}
