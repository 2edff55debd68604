import type { Ledger, MessageCounts, ObservationCounts } from '../model/ledger.ts';
import type { JournalWriter } from '../storage/journal/port.ts';
import type { Checkpoint, Tally } from '../storage/telemetry/port.ts';

/** The city's books, kept in memory and exact at every moment: the journal counts what came in, the store what became of it. */
export interface LedgerBook {
  /** The store committed up to `seq`. */
  add(seq: number, tallies: readonly Tally[]): void;
  /** Totals and providers, one consistent snapshot. */
  read(): Ledger;
  /** Journal records whose content is not stored yet. */
  pending(): number;
  checkpoint(): number;
}

type Sums = Omit<{ -readonly [K in keyof Tally]: Tally[K] }, 'provider' | 'device'>;

const zero = (): Sums => ({
  processed: 0,
  quarantinedMessages: 0,
  decoded: 0,
  stored: 0,
  duplicate: 0,
  corrected: 0,
  quarantinedObservations: 0,
});

/** `from` is what the store had committed when it was opened. */
export function createLedger(journal: Pick<JournalWriter, 'accepted' | 'head'>, from: Checkpoint): LedgerBook {
  const providers = new Map<string, Sums>();
  const total = zero();
  let checkpoint = from.seq;

  function add(seq: number, tallies: readonly Tally[]): void {
    checkpoint = Math.max(checkpoint, seq);
    for (const tally of tallies) {
      let sums = providers.get(tally.provider);
      if (!sums) {
        sums = zero();
        providers.set(tally.provider, sums);
      }
      for (const into of [sums, total]) {
        into.processed += tally.processed;
        into.quarantinedMessages += tally.quarantinedMessages;
        into.decoded += tally.decoded;
        into.stored += tally.stored;
        into.duplicate += tally.duplicate;
        into.corrected += tally.corrected;
        into.quarantinedObservations += tally.quarantinedObservations;
      }
    }
  }
  add(from.seq, from.tallies);

  const pending = (): number => Math.max(0, journal.head() - checkpoint);

  return {
    add,
    pending,
    checkpoint: () => checkpoint,
    read() {
      const accepted = new Map<string, number>();
      for (const count of journal.accepted())
        accepted.set(count.provider, (accepted.get(count.provider) ?? 0) + count.accepted);
      const ids = [...new Set([...accepted.keys(), ...providers.keys()])].sort();
      // In total `pending` is counted by itself, from the cursor: the equation is a check, not a definition.
      const all = [...accepted.values()].reduce((sum, count) => sum + count, 0);
      return {
        messages: messages(all, total, pending()),
        observations: observations(total),
        providers: ids.map((id) => {
          const sums = providers.get(id) ?? zero();
          const count = accepted.get(id) ?? 0;
          return {
            id,
            messages: messages(count, sums, count - sums.processed - sums.quarantinedMessages),
            observations: observations(sums),
          };
        }),
      };
    },
  };
}

function messages(accepted: number, sums: Sums, pending: number): MessageCounts {
  return { accepted, processed: sums.processed, quarantined: sums.quarantinedMessages, pending };
}

function observations(sums: Sums): ObservationCounts {
  const { decoded, stored, duplicate, corrected } = sums;
  return { decoded, stored, duplicate, corrected, quarantined: sums.quarantinedObservations };
}
