import type { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { except } from 'hono/combine';
import { COMPRESSIBLE_CONTENT_TYPE_REGEX, compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import { OPENFREEMAP_ORIGIN } from '../model/basemap.ts';
import { CodedError } from '../model/problem.ts';
import { identify } from './auth.ts';
import { mountBasemap } from './basemap.ts';
import type { ApiDeps } from './deps.ts';
import { mountDocs } from './docs.ts';
import type { ApiEnv } from './env.ts';
import { limitDear } from './limits/dear.ts';
import { limitRequests } from './limits/requests.ts';
import { privately } from './privacy.ts';
import { errorHandler, methodNotAllowedResponse, notFoundHandler } from './problem.ts';
import { elsewhere } from './reading/elsewhere.ts';
import { BASE, BY_VIEW, DEAR, mountReading, READING } from './reading/reading.ts';
import { revalidation } from './revalidation.ts';
import { createRouter } from './router.ts';
import { archiveRoutes } from './routes/archives.ts';
import { areaRoutes } from './routes/areas.ts';
import { auditRoutes } from './routes/audit.ts';
import { backupRoutes } from './routes/backups.ts';
import { basemapRoutes } from './routes/basemap.ts';
import { deviceRoutes } from './routes/devices.ts';
import { domainRoutes } from './routes/domains.ts';
import { healthRoutes } from './routes/health.ts';
import { keyRoutes } from './routes/keys.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { MVT } from './routes/map-tiles.ts';
import { metricRoutes } from './routes/metrics.ts';
import { observerRoutes } from './routes/observers.ts';
import { problemRoutes } from './routes/problems.ts';
import { providerRoutes } from './routes/providers.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { quarantineReplayRoutes } from './routes/quarantine-replay.ts';
import { quarantineSummaryRoutes } from './routes/quarantine-summary.ts';
import { registrationRoutes } from './routes/registration.ts';
import { sessionRoutes } from './routes/session.ts';
import { simulatedRoutes } from './routes/simulated.ts';
import { streamRoutes } from './routes/stream.ts';
import { supersededRoutes } from './routes/superseded.ts';
import { createServices } from './services.ts';
import { createStreams } from './stream/streams.ts';
import { mountWeb } from './web.ts';

const STREAM = `${BASE}/stream`;
const IMPORT = `${BASE}/devices/import`;
const AREAS = `${BASE}/areas`;
const BODY_BYTES = 1_048_576;
/** An import may be this many times as large as any other body. */
const IMPORT_TIMES = 16;
/** Surveyed borders are larger still. */
const AREAS_TIMES = 64;
const STREAMS = 1_000;

/** The HTTP side of the city. */
export interface Api {
  /** Page, API, documentation, health: give its `fetch` to a server. */
  readonly app: OpenAPIHono<ApiEnv>;
  /** Open streams, for /metrics. */
  streams(): number;
  /** Ends every stream, so that the server can close. */
  closeStreams(): void;
  /** Ends the streams and leaves the bus. */
  close(): void;
}

/** What scripts, workers and styles of the page may be; beside the city it may ask the base map's server and no other. */
const CONTENT_SECURITY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  workerSrc: ["'self'", 'blob:'],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:', OPENFREEMAP_ORIGIN],
  fontSrc: ["'self'", 'data:'],
  connectSrc: ["'self'", OPENFREEMAP_ORIGIN],
  objectSrc: ["'none'"],
  frameAncestors: ["'none'"],
  formAction: ["'self'"],
  baseUri: ["'self'"],
};
/** Nothing of the page needs these. */
const NO_PERMISSIONS = { camera: [], microphone: [], payment: [], usb: [] };

function tooLarge(bytes: number) {
  return () => {
    throw new CodedError('payload-too-large', `a body has at most ${bytes} bytes`);
  };
}

/** Builds the application; it opens nothing and listens nowhere. */
export function createApp(deps: ApiDeps): Api {
  const { corsOrigins = '*', maxBodyBytes = BODY_BYTES, stream } = deps.config;
  const services = createServices(deps);
  const streams = createStreams(stream?.limit ?? STREAMS);
  const app = createRouter();

  app.onError(errorHandler(deps.log));
  app.notFound(notFoundHandler);
  // Whether the city is reached by TLS is its proxy's to know, and to promise.
  const headers = { contentSecurityPolicy: CONTENT_SECURITY, permissionsPolicy: NO_PERMISSIONS };
  app.use(secureHeaders({ ...headers, strictTransportSecurity: false }));
  const { basemap } = deps.config;
  if (basemap?.pmtiles !== undefined) mountBasemap(app, basemap.pmtiles);
  app.use(
    '/api/*',
    cors({
      origin: corsOrigins === '*' ? '*' : [...corsOrigins],
      allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowHeaders: ['Authorization', 'Content-Type', 'If-None-Match', 'Last-Event-ID'],
      exposeHeaders: [
        'ETag',
        'Link',
        'Content-Disposition',
        'Location',
        'Retry-After',
        'RateLimit',
        'RateLimit-Policy',
      ],
      maxAge: 3_600,
    }),
  );
  app.use(compress({ contentTypeFilter: (type) => COMPRESSIBLE_CONTENT_TYPE_REGEX.test(type) || type === MVT }));
  app.use(except([STREAM, `${BASE}/export/*`], revalidation()));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: methodNotAllowedResponse }));

  // Devices show credentials of their own: their door stands before the one for keys.
  if (deps.deviceRoutes) app.route(BASE, deps.deviceRoutes);
  app.use(`${BASE}/*`, privately);
  const { limits } = deps.config;
  const requests = limits && limitRequests(limits.requests, services.now);
  if (requests) app.use(`${BASE}/*`, requests.strangers);
  app.use(`${BASE}/*`, identify(deps.registry, services.keys, services.sessions));
  if (requests) app.use(`${BASE}/*`, requests.known);
  if (limits) app.on('GET', DEAR, limitDear(limits.dear));
  if (limits) app.on('GET', BY_VIEW, limitDear(limits.view));
  if (deps.reader) app.on('GET', READING, elsewhere(deps.reader));
  app.use(`${BASE}/*`, except([IMPORT, AREAS], bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge(maxBodyBytes) })));

  app.route('/', healthRoutes(services));
  for (const routes of [domainRoutes, metricRoutes, providerRoutes]) app.route(BASE, routes(services));
  app.route(BASE, areaRoutes(services, maxBodyBytes * AREAS_TIMES));
  app.route(BASE, registrationRoutes(services, maxBodyBytes * IMPORT_TIMES));
  app.route(BASE, deviceRoutes(services));
  for (const routes of [observerRoutes, keyRoutes]) app.route(BASE, routes(services));
  app.route(BASE, supersededRoutes(services));
  if (deps.archive) app.route(BASE, archiveRoutes(services, deps.archive));
  mountReading(app, services);
  app.route(BASE, streamRoutes(services, streams));
  for (const routes of [ledgerRoutes, auditRoutes, sessionRoutes]) app.route(BASE, routes(services));
  for (const routes of [quarantineSummaryRoutes, quarantineRoutes]) app.route(BASE, routes(services));
  // What only the node with the data can do is not there elsewhere.
  if (deps.replay) app.route(BASE, quarantineReplayRoutes(services, deps.replay));
  if (deps.purgeSimulated) app.route(BASE, simulatedRoutes(services, deps.purgeSimulated));
  if (deps.backup) app.route(BASE, backupRoutes(services, deps.backup));
  app.route(BASE, basemapRoutes(services));
  app.route(BASE, problemRoutes());
  mountDocs(app);
  if (deps.webRoot !== undefined) mountWeb(app, deps.webRoot);

  return {
    app,
    streams: streams.count,
    closeStreams: streams.closeAll,
    close() {
      streams.closeAll();
      services.close();
    },
  };
}
