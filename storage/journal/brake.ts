import type { JournalWriter } from './port.ts';
import { through } from './through.ts';

/** While the store is behind, this many messages are acknowledged for each that it stores: the backlog shrinks and nobody stands still. */
const SHARE = 0.8;

export interface Brake {
  /** Undefined where the sender may go on at once, else a promise of its turn. */
  turn(): Promise<void> | undefined;
  /** The store committed so many messages more. */
  stored(messages: number): void;
  /** Lets everyone go on: the store is away, and the journal takes what comes until it is back. */
  release(): void;
}

/**
 * Slows senders to what the store takes once `pending()` is above `at`: acknowledgements wait for their turn, first come
 * first served. Nothing is refused and nothing flushed is forgotten; only the answer comes later.
 */
export function createBrake(pending: () => number, available: () => boolean, at: number): Brake {
  let waiting: (() => void)[] = [];
  let next = 0;
  let owed = 0;
  const behind = (): boolean => available() && pending() > at;

  function release(): void {
    const all = waiting.slice(next);
    waiting = [];
    next = 0;
    owed = 0;
    for (const resume of all) resume();
  }
  return {
    turn() {
      if (waiting.length === 0 && !behind()) return undefined;
      return new Promise<void>((resume) => waiting.push(resume));
    },
    stored(messages) {
      if (waiting.length === 0) return;
      if (!behind()) return release();
      owed = Math.min(owed + messages * SHARE, waiting.length - next);
      for (; owed >= 1; owed -= 1) waiting[next++]?.();
      if (next < waiting.length / 2) return;
      waiting = waiting.slice(next);
      next = 0;
    },
    release,
  };
}

/** The journal as senders meet it: an entry is acknowledged when it is flushed and its turn has come. */
export function paced(journal: JournalWriter, brake: Brake): JournalWriter {
  const later = async (appended: Promise<number>): Promise<number> => {
    const seq = await appended;
    const turn = brake.turn();
    if (turn) await turn;
    return seq;
  };
  return through(journal, {
    append: (entry) => later(journal.append(entry)),
    appendAll: (entries) => later(journal.appendAll(entries)),
  });
}
