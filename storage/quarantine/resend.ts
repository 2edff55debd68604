import pLimit from 'p-limit';
import type { JournalEntry, JournalReader, JournalWriter } from '../journal/port.ts';
import { claimsFound } from './found.ts';
import type { ClaimedMessage, QuarantineStore } from './port.ts';

/** A message of the quarantine and what goes into the journal for it. */
export interface Resent {
  readonly seq: number;
  readonly entry: JournalEntry;
}

/** What became of claims that were left open. */
export interface Settled {
  readonly replayed: number;
  readonly released: number;
}

/**
 * Puts messages of the quarantine into the journal again: each at most once, and what is called replayed is in the
 * journal. Two files cannot be written at one moment, so a message is first claimed, with the journal's head; a claim
 * that a crash or a failing disk left open is settled by looking whether the message stands behind that head.
 */
export interface Resender {
  /**
   * Resolves with the messages that went, all flushed; of others somebody else was faster. Rejects with
   * JournalUnavailable: what then became of them is settled before anything is resent, and at the next start.
   */
  resend(messages: readonly Resent[]): Promise<readonly ClaimedMessage[]>;
  /** Settles what is open. To be called at the start, and before the journal is trimmed: what is trimmed is not found. */
  settle(): Promise<Settled>;
}

export interface ResenderDeps {
  readonly quarantine: Pick<QuarantineStore, 'claim' | 'claims' | 'complete' | 'release' | 'message'>;
  readonly journal: Pick<JournalWriter, 'appendAll' | 'head' | 'trim'>;
  readonly reader: Pick<JournalReader, 'read'>;
}

/** One for each data directory: it settles whatever claim is open, and must know which are under way. */
export function createResender({ quarantine, journal, reader }: ResenderDeps): Resender {
  const inTurn = pLimit(1);
  let open = true;

  async function settle(): Promise<Settled> {
    const claims = await quarantine.claims();
    if (claims.length === 0) {
      open = false;
      return { replayed: 0, released: 0 };
    }
    // Flushes: what a failed append left half done is in the journal from then on, or never will be.
    await journal.trim(0, 0);
    const replayed = await claimsFound(claims, quarantine, reader);
    const there = new Set(replayed);
    const released = claims.map(({ seq }) => seq).filter((seq) => !there.has(seq));
    await quarantine.complete(replayed);
    await quarantine.release(released);
    open = false;
    return { replayed: replayed.length, released: released.length };
  }

  return {
    settle: () => inTurn(settle),
    resend: (messages) =>
      inTurn(async () => {
        if (open) await settle();
        const entries = new Map(messages.map(({ seq, entry }) => [seq, entry]));
        open = true;
        const claimed = await quarantine.claim([...entries.keys()], journal.head());
        if (claimed.length > 0) await journal.appendAll(claimed.flatMap(({ seq }) => entries.get(seq) ?? []));
        await quarantine.complete(claimed.map(({ seq }) => seq));
        open = false;
        return claimed;
      }),
  };
}
