// Their own declarations import without extensions, which Node's resolution does not find.
declare module '@maplibre/geojson-vt' {
  export interface GeoJSONVTFeature {
    id?: number | string | undefined;
    type: 1 | 2 | 3;
    tags: GeoJSON.GeoJsonProperties;
    geometry: [number, number][] | [number, number][][];
  }
  export interface GeoJSONVTTile {
    transformed: boolean;
    features: GeoJSONVTFeature[];
    source: null;
    z: number;
    x: number;
    y: number;
  }
  export interface SuperclusterOptions<Given, Held> {
    minZoom?: number;
    maxZoom?: number;
    minPoints?: number;
    radius?: number;
    extent?: number;
    coordinates?: 'lngLat' | 'unitSquare';
    wrap?: boolean;
    map?(properties: Given): Held;
    reduce?(accumulated: Held, properties: Held): void;
  }
  /** A cluster has what `map` and `reduce` made of its points, a point alone what it was given. */
  export class Supercluster<Given extends object, Held extends object> {
    constructor(options?: SuperclusterOptions<Given, Held>);
    load(points: GeoJSON.Feature<GeoJSON.Point, Given>[]): void;
    getClusters(box: [number, number, number, number], zoom: number): GeoJSON.Feature<GeoJSON.Point, Given | Held>[];
  }
  export function geoJSONToTile(
    data: GeoJSON.GeoJSON,
    z: number,
    x: number,
    y: number,
    options?: { extent?: number; buffer?: number; tolerance?: number; clip?: boolean },
  ): GeoJSONVTTile;
}

declare module '@maplibre/vt-pbf' {
  import type { GeoJSONVTTile } from '@maplibre/geojson-vt';

  export function fromGeojsonVt(
    layers: Record<string, GeoJSONVTTile>,
    options?: { version: number; extent: number },
  ): Uint8Array<ArrayBuffer>;
}
