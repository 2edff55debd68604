import type { MiddlewareHandler } from 'hono';
import PQueue from 'p-queue';
import { CodedError } from '../../model/problem.ts';
import type { ApiEnv } from '../env.ts';
import { payerOf } from './requests.ts';

export interface DearLimit {
  /** Queries that the store works on at a time. */
  readonly atOnce: number;
  /** Of them, those of one key or address. */
  readonly each: number;
  /** Queries of one key or address that may wait; what comes beyond is sent away. */
  readonly waiting: number;
}

/**
 * Lets only so many dear queries run at a time, and of one key fewer still: the rest wait. Each key has a line of its own
 * and puts no more than it may run into the one for all: whoever asks once waits for a few others, however long their lines.
 */
export function limitDear({ atOnce, each, waiting }: DearLimit): MiddlewareHandler<ApiEnv> {
  const all = new PQueue({ concurrency: atOnce });
  const lines = new Map<string, PQueue>();

  return async (c, next) => {
    const payer = payerOf(c);
    const line = lines.get(payer) ?? new PQueue({ concurrency: each });
    if (line.size >= waiting)
      throw new CodedError('too-many-requests', `${waiting} queries of this key wait already`, undefined, 5);
    lines.set(payer, line);
    const { signal } = c.req.raw;
    // Who hangs up leaves the line at once, and takes nobody's place there; what has begun keeps its own to the end.
    const left = new AbortController();
    const leave = () => left.abort();
    signal.addEventListener('abort', leave);
    const run = () => {
      signal.removeEventListener('abort', leave);
      return next();
    };
    const options = { signal: left.signal };
    try {
      if (signal.aborted) leave();
      await line.add(() => all.add(run, options), options);
    } catch (error) {
      if (!left.signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', leave);
      if (signal.aborted) c.res = new Response(null, { status: 499 });
      if (line.size === 0 && line.pending === 0) lines.delete(payer);
    }
  };
}
