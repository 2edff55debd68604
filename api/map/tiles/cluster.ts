import { Supercluster } from '@maplibre/geojson-vt';
import type { Fact } from './facts.ts';
import { liesIn, type Place, type TileAddress } from './grid.ts';
import { addFact, addTally, emptyTally, reach, type Tally } from './tally.ts';

/** One mark of the map: a device alone, or a cluster of several. */
export type Spot = Place & ({ readonly fact: Fact } | { readonly tally: Tally });

/** Adds what a mark stands for. */
export function addSpot(tally: Tally, spot: Spot): void {
  if ('tally' in spot) addTally(tally, spot.tally);
  else {
    addFact(tally, spot.fact);
    reach(tally, { west: spot.x, north: spot.y, east: spot.x, south: spot.y });
  }
}

/** Marks nearer than this become one, in pixels of a tile of `TILE_PX`. */
const RADIUS_PX = 60;
const TILE_PX = 512;

/** Spots gathered into clusters at some zooms. */
export interface Clusters {
  /** All of them at a zoom. */
  at(zoom: number): readonly Spot[];
  /** Those in a tile; each is in exactly one of its zoom. */
  of(tile: TileAddress): readonly Spot[];
}

/** Gathers spots that are near each other. Whatever zoom a spot is looked at, its devices are counted once. */
export function clustersOf(spots: readonly Spot[], zooms: { minZoom: number; maxZoom: number }): Clusters {
  const index = new Supercluster<{ spot: Spot }, Tally>({
    ...{ ...zooms, radius: RADIUS_PX, extent: TILE_PX, coordinates: 'unitSquare', wrap: false },
    // Anew each time: the library adds to what it was given.
    map({ spot }) {
      const tally = emptyTally();
      addSpot(tally, spot);
      return tally;
    },
    reduce: addTally,
  });
  index.load(
    spots.map((spot) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [spot.x, spot.y] },
      properties: { spot },
    })),
  );
  function within(box: [number, number, number, number], zoom: number): readonly Spot[] {
    return index.getClusters(box, zoom).map(({ geometry, properties }): Spot => {
      if ('spot' in properties) return properties.spot;
      const [x = 0, y = 0] = geometry.coordinates;
      return { x, y, tally: properties };
    });
  }
  return {
    at: (zoom) => within([0, 0, 1, 1], zoom),
    of(tile) {
      const { z, x, y } = tile;
      const side = 2 ** -z;
      return within([x * side, y * side, (x + 1) * side, (y + 1) * side], z).filter((spot) => liesIn(spot, tile));
    },
  };
}
