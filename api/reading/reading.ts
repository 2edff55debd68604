import type { OpenAPIHono } from '@hono/zod-openapi';
import { except } from 'hono/combine';
import type { ReadDeps } from '../deps.ts';
import type { ApiEnv } from '../env.ts';
import { createIndexes } from '../map/tiles/indexes.ts';
import { errorHandler, notFoundHandler } from '../problem.ts';
import { revalidation } from '../revalidation.ts';
import { createRouter } from '../router.ts';
import { aggregateRoutes } from '../routes/aggregates.ts';
import { cityRoutes } from '../routes/city.ts';
import { correctionRoutes } from '../routes/corrections.ts';
import { exportRoutes } from '../routes/export.ts';
import { mapRoutes } from '../routes/map.ts';
import { mapDeviceRoutes } from '../routes/map-devices.ts';
import { mapSummaryRoutes } from '../routes/map-summary.ts';
import { mapTileRoutes } from '../routes/map-tiles.ts';
import { observationRoutes } from '../routes/observations.ts';
import { playbackRoutes } from '../routes/playback.ts';
import { presenceRoutes } from '../routes/presence.ts';
import { profileRoutes } from '../routes/profile.ts';
import { volumeRoutes } from '../routes/volume.ts';
import { createReadServices, type ReadServices } from '../services.ts';
import type { ReadRequest } from './elsewhere.ts';

export const BASE = '/api/v1';
const EXPORT = `${BASE}/export/*`;
/** What asks the store for much. */
export const DEAR = [
  ...[`${BASE}/aggregates`, `${BASE}/observations`, `${BASE}/corrections`, `${BASE}/profile`],
  ...[`${BASE}/presence/*`, `${BASE}/playback/*`, `${BASE}/volume/*`, EXPORT],
];
/** What looks at every device of a domain, though seldom for more than one question of a page. */
export const BY_VIEW = [`${BASE}/map/*/summary`, `${BASE}/map/*/devices`, `${BASE}/map/*/tiles/*`];
/** What only reads, and may be answered in a thread of its own. */
export const READING = [...DEAR, `${BASE}/city`, `${BASE}/map/*`];

/** Mounts what only reads: the routes below READING. */
export function mountReading(app: OpenAPIHono<ApiEnv>, services: ReadServices): void {
  app.route(BASE, exportRoutes(services, services.exportParquet));
  for (const routes of [observationRoutes, correctionRoutes, aggregateRoutes, profileRoutes, cityRoutes, mapRoutes])
    app.route(BASE, routes(services));
  for (const routes of [playbackRoutes, presenceRoutes, volumeRoutes]) app.route(BASE, routes(services));
  const indexes = createIndexes(services);
  for (const routes of [mapTileRoutes, mapSummaryRoutes, mapDeviceRoutes]) app.route(BASE, routes(services, indexes));
}

/** Answers what only reads, and nothing else: limits and keys were looked at before. */
export interface Reading {
  fetch(request: ReadRequest, signal: AbortSignal): Promise<Response>;
  close(): void;
}

export function createReading(deps: ReadDeps): Reading {
  const services = createReadServices(deps);
  const app = createRouter();
  app.onError(errorHandler(deps.log));
  app.notFound(notFoundHandler);
  app.use(except(EXPORT, revalidation()));
  app.use((c, next) => {
    c.set('key', c.env.key);
    return next();
  });
  mountReading(app, services);
  // Of a large city the list of devices takes seconds: whoever asks first need not wait for it.
  services.directory.roll().catch(() => undefined);
  return {
    async fetch({ method, url, headers, key }, signal) {
      const asked = new Headers();
      for (const [name, value] of headers) asked.set(name, value);
      return app.fetch(new Request(url, { method, headers: asked, signal }), { key });
    },
    close: services.close,
  };
}
