import { VectorTile, type VectorTileFeature } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';

/** A feature of a tile, where it lies in degrees. */
export interface TileFeature {
  readonly properties: VectorTileFeature['properties'];
  readonly geometry: GeoJSON.Geometry;
}

/** The layers of a tile as another program reads them. */
export function decodeTile(
  body: ArrayBuffer,
  { z, x, y }: { readonly z: number; readonly x: number; readonly y: number },
): Readonly<Record<string, readonly TileFeature[]>> {
  const { layers } = new VectorTile(new PbfReader(new Uint8Array(body)));
  return Object.fromEntries(
    Object.entries(layers).map(([name, layer]) => [
      name,
      Array.from({ length: layer.length }, (_, i) => {
        const feature = layer.feature(i);
        return { properties: feature.properties, geometry: feature.toGeoJSON(x, y, z).geometry };
      }),
    ]),
  );
}
