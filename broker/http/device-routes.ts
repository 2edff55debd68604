import { OpenAPIHono } from '@hono/zod-openapi';
import { createTelemetryEndpoint } from './http.ts';
import { createUplinkEndpoint } from './uplinks.ts';

/** What devices, and network servers for theirs, post: to be mounted under `/api/v1`. */
export type DeviceRoutes = OpenAPIHono;

type Deps = Parameters<typeof createTelemetryEndpoint>[0] & Parameters<typeof createUplinkEndpoint>[0];

/** Each of them with credentials of its own and behind the same gate. */
export function createDeviceRoutes(deps: Deps): DeviceRoutes {
  const routes: DeviceRoutes = new OpenAPIHono();
  routes.route('/', createTelemetryEndpoint(deps));
  routes.route('/', createUplinkEndpoint(deps));
  return routes;
}
