import { type ExpressionSpecification, type Map as MapLibreMap, VectorTileSource } from 'maplibre-gl';
import { LEVELS } from '../../../model/level.ts';
import type { Heat } from '../../state/layers.svelte.ts';
import type { Scale } from '../../state/scale.ts';
import { part, rearrange } from '../overlays.ts';
import type { Palette } from '../palette.ts';
import { EACH, heatPaint, WEIGHTS } from './heat.ts';
import { type MapLayer, removeAll } from './source.ts';

/** What the warmth of a large domain is drawn of. */
export interface TileHeatContent {
  /** Where its tiles are, with {z}, {x} and {y}. */
  readonly url: string;
  readonly by: Heat;
  /** Classes of the figure that was chosen, where it has no levels. */
  readonly scale: Scale | undefined;
  /** How many devices the domain has: the more, the less each one warms from afar. */
  readonly devices: number;
  /** Another number: what is shown is read again. */
  readonly turn: number;
}

/** There are no other tiles at zooms beyond this one. */
const DEEPEST = 18;
/** So many devices warm a city as it is; of more, each warms less. */
const PLENTY = 4_000;

const get = (name: string): ExpressionSpecification => ['coalesce', ['get', name], 0];

/** How much a cell warms its place: each of its devices by density, else the levels of those that report, or their mean's class. */
export function warmthIn({ by, scale }: Pick<TileHeatContent, 'by' | 'scale'>): ExpressionSpecification {
  if (by === 'density') return ['*', EACH, get('count')];
  if (scale?.by !== 'classes')
    return ['+', ...LEVELS.map((level): ExpressionSpecification => ['*', WEIGHTS.get(level) ?? 0, get(level)])];
  const [first, ...others] = scale.classes;
  let weight: ExpressionSpecification | number = WEIGHTS.get(first?.tone ?? 'none') ?? 0;
  for (const { low, tone } of others)
    if (low !== null) weight = ['case', ['<', get('mean'), low], weight, WEIGHTS.get(tone) ?? 0];
  return ['*', get('valued'), weight];
}

/** How strongly at a zoom: as many devices as a small city has look as in a small city, and nearer by fewer stand together. */
export function intensityOf(devices: number): ExpressionSpecification {
  const share = Math.min(1, PLENTY / Math.max(1, devices));
  const at = (zoom: number, plain: number) => [zoom, Math.min(plain, plain * share * 4 ** Math.max(0, zoom - 11))];
  return [
    'interpolate',
    ['linear'],
    ['zoom'],
    ...at(9, 0.5),
    ...at(11, 0.85),
    ...at(12, 1),
    ...at(13, 1.3),
    ...at(14, 1.6),
    ...at(16, 2.2),
  ];
}

export const tileHeatSource = (domain: string): string => `heat-tiles-${domain}`;

/** The devices of a large domain as warmth, as the city's tiles tell it. */
export function addTileHeatLayer(map: MapLibreMap, palette: Palette, domain: string): MapLayer<TileHeatContent> {
  const source = tileHeatSource(domain);
  let before: TileHeatContent | undefined;

  function begin({ url }: TileHeatContent): void {
    map.addSource(source, { type: 'vector', tiles: [url], minzoom: 0, maxzoom: DEEPEST });
    map.addLayer({
      ...{ id: source, type: 'heatmap', source, 'source-layer': 'heat', ...part('heat', 'roads') },
      paint: heatPaint(palette),
    });
    rearrange(map);
  }
  return {
    update(content) {
      const known = map.getSource(source);
      if (before === undefined || !(known instanceof VectorTileSource)) begin(content);
      else if (content.url !== before.url) known.setTiles([content.url]);
      else if (content.turn !== before.turn) map.refreshTiles(source);
      map.setPaintProperty(source, 'heatmap-weight', warmthIn(content));
      map.setPaintProperty(source, 'heatmap-intensity', intensityOf(content.devices));
      before = content;
    },
    remove: () => removeAll(map, [source], source),
  };
}
