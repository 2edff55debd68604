import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ApiEnv } from './env.ts';
import { withRateLimits } from './limits/described.ts';
import { json, SECURITY_SCHEMES } from './openapi.ts';

/** What Swagger UI needs; nothing is fetched from elsewhere. */
const ASSETS = new Set(['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']);

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Nhịp API</title>
    <link rel="icon" type="image/png" href="/api/docs/favicon-32x32.png" />
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/start.js"></script>
  </body>
</html>
`;
const START = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n`;

const INFO = {
  title: 'Nhịp',
  version: '1',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  description: [
    'The data of the city: devices, observations, aggregates, the live map.',
    'Lists answer `{"items": [...], "next": cursor|null}`. Errors are problem details (RFC 9457) with a stable `code`;',
    'an unknown parameter is an error. Times are RFC 3339 in UTC; positions are [longitude, latitude], WGS 84.',
  ].join(' '),
};

const TAGS = [
  { name: 'data', description: 'What the city measures' },
  { name: 'devices', description: 'What measures it' },
  { name: 'observers', description: 'Who reads it over MQTT' },
  { name: 'keys', description: 'Who reads and writes through this API' },
  { name: 'vocabulary', description: 'What the words mean' },
  { name: 'operations', description: 'How the city itself runs' },
];

const Document = z.looseObject({ openapi: z.string() });

const document = createRoute({
  method: 'get',
  path: '/api/openapi.json',
  tags: ['vocabulary'],
  summary: 'This document',
  responses: { 200: json(Document, 'OpenAPI 3.1') },
});

const page = createRoute({
  method: 'get',
  path: '/api/docs',
  tags: ['vocabulary'],
  summary: 'This document for people',
  responses: { 200: { description: 'Swagger UI', content: { 'text/html': { schema: z.string() } } } },
});

/** Serves the OpenAPI document of every route mounted before the first request, and Swagger UI over it. */
export function mountDocs(app: OpenAPIHono<ApiEnv>): void {
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES))
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme);

  let built: z.infer<typeof Document> | undefined;
  app.openapi(document, (c) => {
    const described = () =>
      app.getOpenAPI31Document({ openapi: '3.1.0', info: INFO, tags: TAGS, servers: [{ url: '/' }] });
    built ??= Document.parse(withRateLimits(described(), '/api/v1/'));
    return c.json(built, 200);
  });
  app.openapi(page, (c) => c.html(PAGE));

  const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const assets = serveStatic({ root, rewriteRequestPath: (path) => path.slice('/api/docs'.length) });
  app.use('/api/docs/*', async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return next();
    const name = c.req.path.slice('/api/docs/'.length);
    if (name === 'start.js') return c.body(START, 200, { 'content-type': 'text/javascript; charset=utf-8' });
    return ASSETS.has(name) ? assets(c, next) : next();
  });
}
