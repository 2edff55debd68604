import { CodedError } from '../../model/problem.ts';

/** The open streams of this process. */
export interface Streams {
  /** Takes a place; throws CodedError `overloaded` where there is none. The signal is aborted by `end` and by `closeAll`. */
  open(): { readonly closed: AbortSignal; end(): void };
  /** How many are open. */
  count(): number;
  /** Ends all and lets no other begin. */
  closeAll(): void;
}

export function createStreams(limit: number): Streams {
  const open = new Set<AbortController>();
  let closing = false;
  return {
    open() {
      if (closing || open.size >= limit) throw new CodedError('overloaded', 'there are too many open streams');
      const controller = new AbortController();
      open.add(controller);
      return {
        closed: controller.signal,
        end() {
          open.delete(controller);
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
