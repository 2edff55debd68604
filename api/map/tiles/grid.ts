import type { Position } from '../../../model/geometry.ts';

/** The address of a tile as maps count them: row 0 in the north (OGC 17-083r4, WebMercatorQuad). */
export interface TileAddress {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** A place on the square of the Web Mercator world: 0 to 1, x eastwards and y southwards. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Beyond this latitude the world is not on the map; what is there lies at its edge. */
const LAST = 1 - Number.EPSILON;

/** Where a position lies on the square; nothing lies outside of it, so that each is in exactly one tile. */
export function placeOf([lon, lat]: Position): Place {
  const sine = Math.sin((lat * Math.PI) / 180);
  const y = 0.5 - (0.25 * Math.log((1 + sine) / (1 - sine))) / Math.PI;
  const clamp = (value: number) => Math.min(LAST, Math.max(0, value));
  return { x: clamp(lon / 360 + 0.5), y: clamp(y) };
}

/** The position of a place on the square. */
export function positionAt({ x, y }: Place): Position {
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  return [x * 360 - 180, lat];
}

/** The tile that a place lies in at a zoom. */
export function tileAt({ x, y }: Place, z: number): TileAddress {
  const tiles = 2 ** z;
  return { z, x: Math.floor(x * tiles), y: Math.floor(y * tiles) };
}

/** The tile above that holds this one. */
export function ancestor({ z, x, y }: TileAddress, at: number): TileAddress {
  const times = 2 ** (z - at);
  return { z: at, x: Math.floor(x / times), y: Math.floor(y / times) };
}

/** The number of a tile among those of its zoom, up to the 22nd. */
export const numberOf = ({ z, x, y }: TileAddress): number => y * 2 ** z + x;

/** Whether a place lies in a tile. */
export function liesIn({ x, y }: Place, tile: TileAddress): boolean {
  const tiles = 2 ** tile.z;
  return Math.floor(x * tiles) === tile.x && Math.floor(y * tiles) === tile.y;
}

/** A place in the coordinates of a tile, 0 to `extent`. */
export function inTile({ x, y }: Place, tile: TileAddress, extent: number): [number, number] {
  const tiles = 2 ** tile.z;
  const within = (value: number) => Math.min(extent - 1, Math.max(0, Math.floor(value * extent)));
  return [within(x * tiles - tile.x), within(y * tiles - tile.y)];
}
