import { batches, yieldToOthers } from '../../../storage/batches.ts';
import { type Clusters, clustersOf, type Spot } from './cluster.ts';
import type { Fact } from './facts.ts';
import { ancestor, liesIn, numberOf, placeOf, type TileAddress, tileAt } from './grid.ts';
import { type HeatCell, heatOf } from './heat.ts';

/** From this zoom on single devices are told, where a tile does not hold too many of them. */
export const DEVICE_ZOOM = 14;
/** Devices of one tile that are told one by one; where it holds more they are clusters at any zoom. */
export const SINGLES_AT_MOST = 300;

/** Devices put into their tiles before the event loop turns. */
const AT_ONCE = 2_000;

/** What a tile shows. */
export interface TileContent {
  /** Clusters, and devices that stand alone. */
  readonly spots: readonly Spot[];
  /** Devices that are lines and cross the tile: they are told as such where single devices are. */
  readonly lines: readonly Fact[];
}

/** The devices of one question at one moment, by place. */
export interface TileIndex {
  readonly facts: readonly Fact[];
  tile(tile: TileAddress): Promise<TileContent>;
  /** What stands in a tile by cells, as warmth is drawn of. */
  heat(tile: TileAddress): Promise<readonly HeatCell[]>;
}

interface Shard {
  readonly spots: Spot[];
  /** Lines whose bounds touch the shard. */
  readonly lines: Fact[];
}

/** A line over more tiles than this is told in those of its vertices only. */
const TILES_OF_A_LINE = 256;

function* tilesOfLine({ device }: Fact): Generator<TileAddress> {
  if (device.geometry?.type !== 'LineString') return;
  const tiles = device.geometry.coordinates.map((position) => tileAt(placeOf(position), DEVICE_ZOOM));
  const [xs, ys] = [tiles.map(({ x }) => x), tiles.map(({ y }) => y)];
  const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  if ((east - west + 1) * (south - north + 1) > TILES_OF_A_LINE) return yield* tiles;
  for (let x = west; x <= east; x += 1) for (let y = north; y <= south; y += 1) yield { z: DEVICE_ZOOM, x, y };
}

/** Puts facts into the tiles of DEVICE_ZOOM, with turns of the event loop in between. */
async function shardsOf(facts: readonly Fact[]): Promise<ReadonlyMap<number, Shard>> {
  const shards = new Map<number, Shard>();
  function shard(tile: TileAddress): Shard {
    const number = numberOf(tile);
    let known = shards.get(number);
    if (!known) {
      known = { spots: [], lines: [] };
      shards.set(number, known);
    }
    return known;
  }
  for (const some of batches(facts, AT_ONCE)) {
    for (const fact of some) {
      if (fact.position === null) continue;
      const place = placeOf(fact.position);
      shard(tileAt(place, DEVICE_ZOOM)).spots.push({ ...place, fact });
      for (const { lines } of new Set([...tilesOfLine(fact)].map(shard))) lines.push(fact);
    }
    await yieldToOthers();
  }
  return shards;
}

/** Whether the bounds of a line touch a tile. */
function touches({ z, x, y }: TileAddress, { device }: Fact): boolean {
  if (device.geometry?.type !== 'LineString') return false;
  const places = device.geometry.coordinates.map((position) => placeOf(position));
  const crosses = (values: readonly number[], at: number) =>
    Math.max(...values) * 2 ** z >= at && Math.min(...values) * 2 ** z <= at + 1;
  const [xs, ys] = [places.map((place) => place.x), places.map((place) => place.y)];
  return crosses(xs, x) && crosses(ys, y);
}

/**
 * Sorts facts by place. The tiles of one zoom hold every device that has been seen anywhere exactly once: in a cluster's
 * count, or alone. Only lines are told besides, in every tile that they cross.
 */
export async function createTileIndex(facts: readonly Fact[]): Promise<TileIndex> {
  const shards = await shardsOf(facts);
  let whole: Promise<Clusters> | undefined;

  /** Gathers the shards one by one, and then what became of them: no piece of work grows with the city. */
  async function overview(): Promise<Clusters> {
    const gathered: Spot[] = [];
    for (const { spots } of shards.values()) {
      if (spots.length === 0) continue;
      gathered.push(...clustersOf(spots, { minZoom: DEVICE_ZOOM, maxZoom: DEVICE_ZOOM }).at(DEVICE_ZOOM));
      await yieldToOthers();
    }
    return clustersOf(gathered, { minZoom: 0, maxZoom: DEVICE_ZOOM - 1 });
  }

  return {
    facts,
    heat(tile) {
      if (tile.z < DEVICE_ZOOM) return heatOf(facts, tile);
      const shard = shards.get(numberOf(ancestor(tile, DEVICE_ZOOM)));
      return heatOf(shard?.spots.flatMap((spot) => ('fact' in spot ? [spot.fact] : [])) ?? [], tile);
    },
    async tile(tile) {
      if (tile.z < DEVICE_ZOOM) {
        whole ??= overview();
        return { spots: (await whole).of(tile), lines: [] };
      }
      const shard = shards.get(numberOf(ancestor(tile, DEVICE_ZOOM)));
      if (!shard) return { spots: [], lines: [] };
      const spots = tile.z === DEVICE_ZOOM ? shard.spots : shard.spots.filter((spot) => liesIn(spot, tile));
      const lines = shard.lines.filter((fact) => touches(tile, fact)).slice(0, SINGLES_AT_MOST);
      if (spots.length <= SINGLES_AT_MOST) return { spots, lines };
      return { spots: clustersOf(spots, { minZoom: tile.z, maxZoom: tile.z }).at(tile.z), lines };
    },
  };
}
