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
    const run = async () => {
      // Who hung up meanwhile wants no answer any more.
      if (!signal.aborted) await next();
    };
    try {
      await line.add(() => all.add(run));
      if (signal.aborted) c.res = new Response(null, { status: 499 });
    } finally {
      if (line.size === 0 && line.pending === 0) lines.delete(payer);
    }
  };
}
