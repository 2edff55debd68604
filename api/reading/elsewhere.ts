import type { MiddlewareHandler } from 'hono';
import type { ApiKey } from '../../storage/registry/port.ts';
import type { ApiEnv } from '../env.ts';

/** A request for what only reads, as it crosses to wherever it is answered: whoever asks is known by then. */
export interface ReadRequest {
  /** GET or HEAD. */
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly key: ApiKey | undefined;
}

/** Answers it, and breaks off where `signal` says that nobody reads any more. */
export type Reader = (request: ReadRequest, signal: AbortSignal) => Promise<Response>;

/** What of a request bears upon the answer: its secrets stay here. */
const ASKED = ['accept', 'if-none-match', 'range'];

/** Has what only reads answered elsewhere, once limits and key were looked at here. */
export function elsewhere(read: Reader): MiddlewareHandler<ApiEnv> {
  return async (c) => {
    const headers = ASKED.flatMap((name) => {
      const value = c.req.header(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const { method, url, signal } = c.req.raw;
    return read({ method, url, headers, key: c.get('key') }, signal);
  };
}
