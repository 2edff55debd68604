import type { ExpressionSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { Position } from '../../../model/geometry.ts';
import { part } from '../overlays.ts';
import type { Palette } from '../palette.ts';
import { NAME_FONT } from '../style.ts';
import { type AreaLook, addFills, fillLayers, setLooks } from './fills.ts';
import { EMPTY, type MapLayer, removeAll, setData } from './source.ts';

const SOURCE = 'hexes';
const VALUES = 'hex-values';
export const HEX_FILL = 'hexes-fill';
const LAYERS = [...fillLayers(SOURCE), 'hexes-edge', 'hexes-pointed'];

/** An H3 cell with its outline, a closed ring. */
export interface Cell {
  readonly id: string;
  readonly centre: Position;
  readonly ring: readonly Position[];
}

/** Everything the layer shows. */
export interface HexContent {
  readonly cells: readonly Cell[];
  readonly looks: ReadonlyMap<string, AreaLook>;
  readonly pointed: string | null;
}

const is = (id: string | null): ExpressionSpecification => ['==', ['get', 'id'], id ?? ''];

/** H3 cells coloured by a figure; a cell without one is not drawn. */
export function addHexLayer(map: MapLibreMap, palette: Palette): MapLayer<HexContent> {
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY, promoteId: 'id', tolerance: 0.1 });
  map.addSource(VALUES, { type: 'geojson', data: EMPTY });
  addFills(map, palette, 'hex', SOURCE);
  const outline = (id: string, color: string, width: number, opacity: number) =>
    map.addLayer({
      id,
      type: 'line',
      source: SOURCE,
      ...part('hex', id === 'hexes-edge' ? 'ground' : 'borders'),
      layout: { 'line-join': 'round' },
      paint: { 'line-color': color, 'line-width': width, 'line-opacity': opacity },
    });
  outline('hexes-edge', palette.halo, 1.2, 0.9);
  outline('hexes-pointed', palette.accent, 2.5, 1);
  map.setFilter('hexes-pointed', is(null));
  map.addLayer({
    id: 'hex-values',
    type: 'symbol',
    source: VALUES,
    ...part('hex', 'names'),
    layout: { 'text-field': ['get', 'text'], 'text-font': NAME_FONT, 'text-size': 11.5, 'text-padding': 1 },
    paint: { 'text-color': palette.ink, 'text-halo-color': palette.halo, 'text-halo-width': 1.6 },
  });

  let drawn: HexContent | undefined;
  return {
    update(content) {
      const { cells, looks, pointed } = content;
      if (cells !== drawn?.cells)
        setData(
          map,
          SOURCE,
          cells.map(({ id, ring }) => ({
            type: 'Feature',
            geometry: { type: 'Polygon', coordinates: [ring.map(([lon, lat]) => [lon, lat])] },
            properties: { id },
          })),
        );
      if (cells !== drawn?.cells || looks !== drawn.looks) {
        setLooks(
          map,
          SOURCE,
          cells.map(({ id }) => id),
          looks,
        );
        setData(
          map,
          VALUES,
          cells.map(({ id, centre: [lon, lat] }) => ({
            type: 'Feature',
            geometry: { type: 'Point', coordinates: [lon, lat] },
            properties: { text: looks.get(id)?.text ?? '' },
          })),
        );
      }
      if (pointed !== drawn?.pointed) map.setFilter('hexes-pointed', is(pointed));
      drawn = content;
    },
    remove() {
      removeAll(map, LAYERS, SOURCE);
      removeAll(map, ['hex-values'], VALUES);
    },
  };
}
