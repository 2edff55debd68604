import { serveStatic } from '@hono/node-server/serve-static';
import type { Hono, MiddlewareHandler } from 'hono';
import type { ApiEnv } from './env.ts';
import { methodNotAllowedResponse } from './problem.ts';

/** Paths that are never the page's: what is missing there is missing. */
const NOT_THE_PAGE = /^\/(api|mqtt|healthz|readyz|metrics|basemap)(\/|$)/;
/** Vite names what it builds in here by content: it never changes. */
const BUILT = '/assets/';
const FOREVER = 'public, max-age=31536000, immutable';

/** Serves the built page: its files, and index.html for any path that the page itself routes. */
export function mountWeb(app: Hono<ApiEnv>, webRoot: string): void {
  const files = serveStatic<ApiEnv>({ root: webRoot, precompressed: true });
  const index = serveStatic<ApiEnv>({ root: webRoot, path: 'index.html' });

  const cached =
    (serve: MiddlewareHandler<ApiEnv>): MiddlewareHandler<ApiEnv> =>
    async (c, next) => {
      const response = await serve(c, next);
      if (response instanceof Response)
        response.headers.set('cache-control', c.req.path.startsWith(BUILT) ? FOREVER : 'no-cache');
      return response;
    };
  const [file, page] = [cached(files), cached(index)];
  const reads = new Set(['GET', 'HEAD']);
  app.use('*', (c, next) =>
    NOT_THE_PAGE.test(c.req.path) || reads.has(c.req.method)
      ? next()
      : Promise.resolve(methodNotAllowedResponse(c, [...reads])),
  );
  app.use('*', (c, next) => (NOT_THE_PAGE.test(c.req.path) ? next() : file(c, next)));
  app.use('*', (c, next) => (NOT_THE_PAGE.test(c.req.path) || c.req.path.startsWith(BUILT) ? next() : page(c, next)));
}
