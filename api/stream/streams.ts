import { CodedError } from '../../model/problem.ts';

/** The open streams of this process. */
export interface Streams {
  /**
   * Takes a place for a key or an address. Throws CodedError `overloaded` where there is none, `too-many-requests` where
   * that one has its share. The signal is aborted by `end` and by `closeAll`.
   */
  open(payer: string): { readonly closed: AbortSignal; end(): void };
  /** How many are open. */
  count(): number;
  /** Ends all and lets no other begin. */
  closeAll(): void;
}

/** Seconds after which who has its share may try again. */
const COME_AGAIN = 30;

/** Of `limit` places one key or address has a quarter at most: nobody keeps the city from everybody else. */
export function createStreams(limit: number): Streams {
  const open = new Set<AbortController>();
  const held = new Map<string, number>();
  const each = Math.max(1, Math.floor(limit / 4));
  let closing = false;
  return {
    open(payer) {
      if (closing || open.size >= limit) throw new CodedError('overloaded', 'there are too many open streams');
      const its = held.get(payer) ?? 0;
      if (its >= each)
        throw new CodedError(
          'too-many-requests',
          `at most ${each} streams of one key or address are open at a time`,
          undefined,
          COME_AGAIN,
        );
      const controller = new AbortController();
      open.add(controller);
      held.set(payer, its + 1);
      return {
        closed: controller.signal,
        end() {
          if (open.delete(controller)) {
            const left = (held.get(payer) ?? 1) - 1;
            if (left > 0) held.set(payer, left);
            else held.delete(payer);
          }
          controller.abort();
        },
      };
    },
    count: () => open.size,
    closeAll() {
      closing = true;
      for (const controller of open) controller.abort();
    },
  };
}
