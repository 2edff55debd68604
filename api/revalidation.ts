import type { MiddlewareHandler } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';

const RETAINED = [...RETAINED_304_HEADERS, 'access-control-allow-origin', 'access-control-expose-headers'];

/**
 * Entity tags, and 304 for what the client has already (RFC 9110, section 15.4.5). A 304 tells caches and pages of
 * other origins what the 200 would: without CORS headers a browser fails the request although its cache is good.
 */
export function revalidation(): MiddlewareHandler {
  const tagged = etag({ retainedHeaders: RETAINED });
  return async (c, next) => {
    await tagged(c, next);
    // compress() says on what it varies only where there is a body.
    if (c.res.status === 304 && !/accept-encoding/i.test(c.res.headers.get('vary') ?? ''))
      c.header('Vary', 'Accept-Encoding', { append: true });
  };
}
