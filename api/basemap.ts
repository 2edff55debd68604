import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Hono } from 'hono';
import type { ApiEnv } from './env.ts';

/** Where the operator's file of tiles is read, by ranges (RFC 9110, section 14). */
export const PMTILES_PATH = '/basemap/city.pmtiles';

/** Serves the file of tiles at `path`. It stands before all that reads whole answers: the file may be of many gigabytes. */
export function mountBasemap(app: Hono<ApiEnv>, path: string): void {
  const serve = serveStatic<ApiEnv>({ root: dirname(path), rewriteRequestPath: () => basename(path) });
  app.on(['GET', 'HEAD'], PMTILES_PATH, async (c, next) => {
    const response = await serve(c, next);
    // A day old is good enough for streets; a file put in its place is seen the next day.
    if (!(response instanceof Response) || !response.ok) return response;
    response.headers.set('cache-control', 'public, max-age=86400');
    // Pieces of two files make no map: by the tag a reader sees that the other has come, and begins anew.
    const { mtimeMs, size, ino } = await stat(path);
    response.headers.set('etag', `"${[mtimeMs, size, ino].map((part) => part.toString(36)).join('-')}"`);
    return response;
  });
}
