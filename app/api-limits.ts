import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import type { ApiConfig } from '../api/deps.ts';
import { clientAddress, trusted } from '../model/network-address.ts';
import { queryCores } from './query-cores.ts';

/** Seconds' worth of requests that may come at once: a page opens with some dozens. */
const BURST_SECONDS = 4;

/** What one key or address may ask of the API, at `rate` requests a second. */
export const apiLimits = (rate: number): NonNullable<ApiConfig['limits']> => ({
  requests: { rate, burst: rate * BURST_SECONDS },
  dear: { atOnce: Math.min(2, queryCores()), each: 1, waiting: 16 },
  // Mostly answered from an index that is there: what is limited is how many new ones somebody makes all others wait for.
  // Many pages may sit behind one address, each with some dozens of tiles.
  view: { atOnce: 64, each: 8, waiting: 1_000 },
});

/** Tells the API from which address it is asked; what a proxy says of it is believed of those listed only. */
export function askedBy(
  fetch: (request: Request, env: { address?: string }) => Response | Promise<Response>,
  proxies: readonly string[],
) {
  const trusts = trusted(proxies);
  return (request: Request, { incoming }: HttpBindings | Http2Bindings) => {
    const address = clientAddress(incoming.socket.remoteAddress, (name) => request.headers.get(name), trusts);
    return fetch(request, address === '' ? {} : { address });
  };
}
