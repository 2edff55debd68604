import type { Context, MiddlewareHandler } from 'hono';
import { LRUCache } from 'lru-cache';
import { Pace } from '../../model/pace.ts';
import { CodedError } from '../../model/problem.ts';
import type { ApiEnv } from '../env.ts';
import { problemResponse } from '../problem.ts';

export interface RequestLimit {
  /** Requests a second of one key or, without one, of one remote address. */
  readonly rate: number;
  /** Requests that may come at once. */
  readonly burst: number;
}

/** Keys and addresses whose rate is remembered at a time. */
const AT_MOST = 50_000;

/** Who a request counts for: its key or, without one, the address it came from. */
export function payerOf(c: Context<ApiEnv>): string {
  const key = c.get('key');
  return key ? `key ${key.id}` : addressOf(c);
}

const addressOf = (c: Context<ApiEnv>): string => `from ${c.env?.address ?? 'somewhere'}`;

/**
 * Limits requests by who makes them. Says what is left in RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers)
 * and, where nothing is, answers 429 with Retry-After.
 */
export function limitRequests({ rate, burst }: RequestLimit, now: () => number) {
  const paces = new LRUCache<string, Pace>({ max: AT_MOST });
  const policy = `"requests";q=${burst};w=${Math.max(1, Math.round(burst / rate))}`;

  function paceOf(payer: string): Pace {
    const known = paces.get(payer);
    if (known) return known;
    const pace = new Pace(rate, burst);
    paces.set(payer, pace);
    return pace;
  }

  /** Takes one request; answers the seconds to wait where it is one too many, which costs nothing. */
  function take(payer: string): { readonly retryAfter: number; readonly left: number } {
    const pace = paceOf(payer);
    const at = now();
    const left = pace.left(at);
    if (left < 1) return { retryAfter: Math.max(1, Math.ceil(pace.wait(at, 1) / 1_000)), left: 0 };
    pace.take(1, at);
    return { retryAfter: 0, left: left - 1 };
  }

  const refusal = (retryAfter: number) =>
    new CodedError('too-many-requests', `at most ${rate} requests a second`, undefined, retryAfter);

  function tell(c: Context, left: number): void {
    c.header('RateLimit-Policy', policy);
    c.header('RateLimit', `"requests";r=${left};t=${Math.ceil((burst - left) / rate)}`);
  }

  const known: MiddlewareHandler<ApiEnv> = async (c, next) => {
    const { retryAfter, left } = take(payerOf(c));
    tell(c, left);
    if (retryAfter > 0) throw refusal(retryAfter);
    await next();
  };

  /** A wrong key is nobody's: its trying counts for the address. */
  const strangers: MiddlewareHandler<ApiEnv> = async (c, next) => {
    await next();
    if (c.res.status !== 401) return;
    const { retryAfter, left } = take(addressOf(c));
    if (retryAfter > 0) c.res = problemResponse(c, refusal(retryAfter));
    tell(c, left);
  };

  return { known, strangers };
}
