import type { MiddlewareHandler } from 'hono';

/**
 * Answers differ by key and session (RFC 9111, section 5.2.2.7): a cache that several people share keeps none of them, a
 * browser's own asks again each time.
 */
export const privately: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.has('cache-control')) c.header('Cache-Control', 'private, no-cache');
  c.header('Vary', 'Authorization, Cookie', { append: true });
};
