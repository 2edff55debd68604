import { createHash } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { CodedError } from '../../model/problem.ts';
import { questionOf, viewFilters } from '../map/asked.ts';
import { encodeHeat, encodeTile } from '../map/tiles/encode.ts';
import type { TileAddress } from '../map/tiles/grid.ts';
import { CELLS } from '../map/tiles/heat.ts';
import { DEVICE_ZOOM, SINGLES_AT_MOST } from '../map/tiles/index.ts';
import { type Indexes, KEEP_MS, type Snapshot } from '../map/tiles/indexes.ts';
import { keptWithIndex } from '../map/tiles/kept.ts';
import { notFound, openSecurity, readProblems } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { ReadServices } from '../services.ts';

/** Typed as any media type: the handler answers bytes. */
export const MVT: string = 'application/vnd.mapbox-vector-tile';
/** The deepest zoom that there are tiles of. */
const DEEPEST = 22;
/** Encoded tiles of one index that are kept for who asks next. */
const KEPT = 256;

const route = createRoute({
  method: 'get',
  path: '/map/{domain}/tiles/{z}/{x}/{y}',
  tags: ['data'],
  summary: 'The devices of a domain by view: a Mapbox Vector Tile',
  description: [
    'Version 2.1, Web Mercator, extent 4096; made for tiles drawn at 512 pixels. Layers, each where it holds anything:',
    `\`clusters\` (below zoom ${DEVICE_ZOOM}, and wherever a tile holds more than ${SINGLES_AT_MOST} devices): \`count\`,`,
    '`simulated`, how many are `live`, `silent`, `offline`, `new`, how many of the live ones are `good`, `fair`,',
    '`poor`, `severe`, the `worst` of these, `valued` and with `metric` the `mean` of the live values. `devices`: `id`,',
    '`kind`, `name`, `domain`, `simulated`, `condition`, and where known `metric`, `value`, its `time` (ms since the epoch)',
    `and \`level\`, and \`heading\` (degrees) of what moves. \`lines\`: the same, from zoom ${DEVICE_ZOOM} on, clipped, at most`,
    `${SINGLES_AT_MOST} a tile. The tiles of one zoom count every device once; one that was never seen anywhere is in none.`,
    '`quality` where it is not valid; `stale`, `doubtful` and `quarantined` are there where they are so: true of a device, and',
    'how many of a cluster; of the quarantine as far as your key may read it. `bounds` of a cluster: west,south,east,north of',
    `what it holds. With \`as=heat\` the one layer \`heat\`: middles of ${CELLS} × ${CELLS} cells with \`count\`, \`valued\`, \`mean\` and the`,
    'levels of those that stand in each. Values that you may not read are left out. Usually up to',
    `${KEEP_MS / 1_000} seconds old, longer in a large city; the entity tag is that of the content. The box is the tile's: there is no \`bbox\`.`,
  ].join(' '),
  security: openSecurity,
  request: {
    params: z.object({
      domain: z.string().meta({ example: 'traffic' }),
      z: z
        .string()
        .regex(/^\d{1,2}$/, 'a zoom is a whole number')
        .meta({ example: '14' }),
      x: z
        .string()
        .regex(/^\d{1,7}$/, 'a column is a whole number')
        .meta({ example: '13009' }),
      y: z
        .string()
        .regex(/^\d{1,7}\.mvt$/, 'a row is a whole number and .mvt')
        .meta({ example: '7214.mvt' }),
    }),
    query: z.strictObject({
      ...viewFilters,
      as: z
        .enum(['marks', 'heat'])
        .default('marks')
        .meta({ param: { description: 'What the tile is to be drawn as.' } }),
    }),
  },
  responses: {
    200: {
      description: 'Mapbox Vector Tile 2.1',
      content: { [MVT]: { schema: z.string().meta({ format: 'binary' }) } },
    },
    ...readProblems,
    ...notFound,
  },
});

/** Throws CodedError `invalid-request` where there is no such tile. */
function addressOf(params: { readonly z: string; readonly x: string; readonly y: string }): TileAddress {
  const [z, x, y] = [Number(params.z), Number(params.x), Number.parseInt(params.y, 10)];
  if (z > DEEPEST) throw new CodedError('invalid-request', `z: tiles are of zoom 0 to ${DEEPEST}`);
  const last = 2 ** z - 1;
  if (x > last) throw new CodedError('invalid-request', `x: columns of zoom ${z} are 0 to ${last}`);
  if (y > last) throw new CodedError('invalid-request', `y: rows of zoom ${z} are 0 to ${last}`);
  return { z, x, y };
}

interface Encoded {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly tag: string;
}

/** The map by view: what a browser gets is bounded by its screen, and not by the city. */
export function mapTileRoutes(services: ReadServices, indexes: Indexes) {
  const encoded = keptWithIndex<Encoded>(KEPT);

  async function encode(index: Snapshot, tile: TileAddress, as: 'marks' | 'heat', mean: boolean): Promise<Encoded> {
    const body =
      as === 'heat' ? encodeHeat(await index.heat(tile), tile, mean) : encodeTile(await index.tile(tile), tile, mean);
    return { body, tag: `"${createHash('sha1').update(body).digest('base64url')}"` };
  }

  return createRouter().openapi(route, async (c) => {
    const { domain, ...params } = c.req.valid('param');
    const { as, ...asked } = c.req.valid('query');
    const question = questionOf(services, c.get('key'), domain, asked);
    const tile = addressOf(params);
    const index = await indexes.of(question);
    const name = `${as}/${tile.z}/${tile.x}/${tile.y}`;
    const { body, tag } = await encoded(index, name, () => encode(index, tile, as, question.metric !== undefined));
    return c.body(body, 200, { 'content-type': MVT, etag: tag });
  });
}
