import { createRoute, z } from '@hono/zod-openapi';
import { BASE_MAPS } from '../../model/basemap.ts';
import { PMTILES_PATH } from '../basemap.ts';
import type { ApiConfig } from '../deps.ts';
import { badRequest, json, NoQuery, openSecurity, unauthorized } from '../openapi.ts';
import { createRouter } from '../router.ts';

export const BaseMapView = z
  .object({
    base: z.enum(BASE_MAPS).meta({ description: 'What the page is drawn on unless its reader chooses another.' }),
    pmtiles: z
      .string()
      .nullable()
      .meta({ description: 'Path of the operator’s PMTiles file (version 3, with Range); null without one.' }),
  })
  .meta({ id: 'BaseMap' });

const route = createRoute({
  method: 'get',
  path: '/basemap',
  tags: ['operations'],
  summary: 'What the page’s map is drawn on',
  description:
    'The setting BASEMAP and, with PMTILES, where its file is. `openfreemap` makes the reader’s browser ask tiles.openfreemap.org.',
  security: openSecurity,
  request: { query: NoQuery },
  responses: { 200: json(BaseMapView, 'The base map'), ...badRequest, ...unauthorized },
});

/** Open to all: it says nothing of the city. */
export function basemapRoutes({ config }: { readonly config: Pick<ApiConfig, 'basemap'> }) {
  const { base = 'schematic', pmtiles } = config.basemap ?? {};
  return createRouter().openapi(route, (c) =>
    c.json({ base, pmtiles: pmtiles === undefined ? null : PMTILES_PATH }, 200),
  );
}
