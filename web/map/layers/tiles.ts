import { type ExpressionSpecification, type Map as MapLibreMap, VectorTileSource } from 'maplibre-gl';
import type { Scale } from '../../state/scale.ts';
import { part, rearrange } from '../overlays.ts';
import type { Palette } from '../palette.ts';
import type { Shape } from '../shape.ts';
import { addClusters, type ClusterSource, type ClusterTells, clusterLayers, clusterText } from './clusters.ts';
import { addGlyphs, glyphLayers } from './glyphs.ts';
import { addShapes, colourBy, markSize, shapeLayout, shapePaint, weightBy } from './paint.ts';
import { addRings } from './ring.ts';
import { type MapLayer, removeAll, tilesSource } from './source.ts';
import { tileTone } from './tile-tones.ts';

/** What a large domain is drawn of. */
export interface TilesContent {
  /** Where its tiles are, with {z}, {x} and {y}. */
  readonly url: string;
  /** The shape of each kind. */
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly scales: ReadonlyMap<string, Scale>;
  /** Kinds whose value is kept from who reads. */
  readonly hidden: readonly string[];
  /** What a cluster tells beside its count. */
  readonly tells: ClusterTells;
  /** The device that is open, which is drawn for itself. */
  readonly selected: string | null;
  /** Kinds that are drawn for themselves as well. */
  readonly apart: readonly string[];
  /** Another number: what is shown is read again. */
  readonly turn: number;
}

/** There are no other tiles at zooms beyond this one: it is the map's own last. */
const DEEPEST = 18;

export const tileClusterDisc = (domain: string): string => `${tilesSource(domain)}-clusters-disc`;
/** Layers of single devices, what a pointer hits first first. */
export const tileDeviceLayers = (domain: string): readonly string[] => {
  const source = tilesSource(domain);
  return [`${source}-shape`, `${source}-ring`, `${source}-line`, `${source}-reach`];
};

const get = (name: string): ExpressionSpecification => ['get', name];
const has = (name: string): ExpressionSpecification => ['has', name];
const faded: ExpressionSpecification = ['!=', get('condition'), 'live'];

/** Clusters that the city has made. */
const clustersIn = (source: string): ClusterSource => ({
  ...{ id: `${source}-clusters`, source, layer: 'clusters', filter: ['>', get('count'), 0] },
  count: get('count'),
  silent: ['-', get('count'), get('live')],
  measured: ['case', ['has', 'mean'], get('valued'), 0],
  sum: ['*', ['coalesce', get('mean'), 0], get('valued')],
  worst: ['coalesce', get('worst'), 'unrated'],
  doubtful: ['coalesce', get('doubtful'), 0],
  quarantined: ['coalesce', get('quarantined'), 0],
});

function shapeBy(shapes: ReadonlyMap<string, Shape>): ExpressionSpecification {
  const [first, ...others] = shapes;
  if (first === undefined) return ['literal', 'shape-circle'];
  return ['concat', 'shape-', ['match', get('kind'), ...first, ...others.flat(), 'circle']];
}

const among = (kinds: readonly string[]): ExpressionSpecification => [
  'all',
  ['!', ['has', 'value']],
  ['in', get('kind'), ['literal', [...kinds]]],
];

function addDevices(map: MapLibreMap, palette: Palette, source: string): void {
  const tone = tileTone(new Map());
  const common = { source, 'source-layer': 'devices' } as const;
  const over = { 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const;
  map.addLayer({
    ...{ ...common, ...part('devices', 'top'), id: `${source}-ring`, type: 'symbol', minzoom: 16 },
    layout: {
      ...{ ...over, 'icon-size': markSize },
      'icon-image': ['case', get('simulated'), 'ring-simulated', 'ring-real'],
    },
    paint: {
      'icon-color': ['case', get('simulated'), palette.text, palette.accent],
      'icon-opacity': ['case', get('simulated'), 0.42, 1],
    },
  });
  map.addLayer({
    ...{ ...common, ...part('devices', 'top'), id: `${source}-heading`, type: 'symbol' },
    filter: ['has', 'heading'],
    layout: {
      ...{ ...over, 'icon-size': markSize, 'icon-image': 'heading' },
      ...{ 'icon-rotate': get('heading'), 'icon-rotation-alignment': 'map' },
    },
    paint: { 'icon-color': palette.accent, 'icon-halo-color': palette.outline, 'icon-halo-width': 1 },
  });
  map.addLayer({
    ...{ ...common, ...part('devices', 'top'), id: `${source}-shape`, type: 'symbol' },
    layout: { ...shapeLayout, 'icon-image': 'shape-circle', 'icon-ignore-placement': false },
    paint: shapePaint(tone, faded, palette),
  });
  const never: ExpressionSpecification = ['literal', false];
  const offline: ExpressionSpecification = ['==', get('condition'), 'offline'];
  addGlyphs(map, palette, source, {
    when: { hidden: never, stale: has('stale'), doubtful: has('doubtful'), quarantined: has('quarantined'), offline },
    layer: 'devices',
  });
}

function width(share: number, tone: ExpressionSpecification): ExpressionSpecification {
  const at = (least: number): ExpressionSpecification => ['*', share, ['+', least, ['*', least, weightBy(tone)]]];
  return ['interpolate', ['linear'], ['zoom'], 14, at(3), 17, at(6)];
}

function addLines(map: MapLibreMap, palette: Palette, source: string): void {
  const tone = tileTone(new Map());
  const common = { source, 'source-layer': 'lines', ...part('devices', 'roads'), type: 'line' } as const;
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const;
  map.addLayer({ ...common, id: `${source}-reach`, paint: { 'line-width': 22, 'line-opacity': 0 } });
  map.addLayer({
    ...{ ...common, id: `${source}-case`, layout },
    paint: { 'line-color': palette.outline, 'line-width': width(1.5, tone), 'line-opacity': 0.9 },
  });
  map.addLayer({
    ...{ ...common, id: `${source}-line`, layout },
    paint: { 'line-color': colourBy(tone, palette), 'line-width': width(1, tone) },
  });
  map.addLayer({
    ...{ ...common, id: `${source}-hollow`, layout, filter: faded },
    paint: { 'line-color': palette.halo, 'line-width': width(0.55, tone) },
  });
}

const layersOf = (source: string): readonly string[] => [
  ...['ring', 'heading', 'shape', 'reach', 'case', 'line', 'hollow'].map((name) => `${source}-${name}`),
  ...glyphLayers(source),
  ...clusterLayers(`${source}-clusters`),
];

/** The devices of a large domain, as the city's tiles tell them. */
export function addTileLayer(map: MapLibreMap, palette: Palette, domain: string): MapLayer<TilesContent> {
  const source = tilesSource(domain);
  addShapes(map);
  addRings(map);
  let before: TilesContent | undefined;

  function begin({ url }: TilesContent): void {
    map.addSource(source, { type: 'vector', tiles: [url], minzoom: 0, maxzoom: DEEPEST, promoteId: 'id' });
    addLines(map, palette, source);
    addDevices(map, palette, source);
    addClusters(map, palette, clustersIn(source));
    rearrange(map);
  }
  function dress({ shapes, scales, hidden, tells, selected, apart }: TilesContent): void {
    const tone = tileTone(scales);
    const others: ExpressionSpecification = [
      'all',
      ['!=', get('id'), selected ?? ''],
      ['!', ['in', get('kind'), ['literal', [...apart]]]],
    ];
    map.setLayoutProperty(`${source}-shape`, 'icon-image', shapeBy(shapes));
    const paint = shapePaint(tone, faded, palette);
    map.setPaintProperty(`${source}-shape`, 'icon-color', paint['icon-color']);
    map.setPaintProperty(`${source}-shape`, 'icon-halo-color', paint['icon-halo-color']);
    map.setPaintProperty(`${source}-line`, 'line-color', colourBy(tone, palette));
    map.setPaintProperty(`${source}-hidden`, 'icon-opacity', ['case', among(hidden), 1, 0]);
    map.setLayoutProperty(`${source}-clusters-count`, 'text-field', clusterText(tells, clustersIn(source)));
    for (const layer of [`${source}-ring`, `${source}-shape`, ...glyphLayers(source)]) map.setFilter(layer, others);
    map.setFilter(`${source}-heading`, ['all', has('heading'), others]);
  }

  return {
    update(content) {
      const known = map.getSource(source);
      if (before === undefined || !(known instanceof VectorTileSource)) begin(content);
      else if (content.url !== before.url) known.setTiles([content.url]);
      else if (content.turn !== before.turn) map.refreshTiles(source);
      if (before === undefined || dressing(content) !== dressing(before)) dress(content);
      before = content;
    },
    remove: () => removeAll(map, layersOf(source), source),
  };
}

/** What of the content the layers are dressed by, as text. */
const dressing = ({ shapes, scales, hidden, tells, selected, apart }: TilesContent): string =>
  JSON.stringify([[...shapes], [...scales], hidden, tells, selected, apart]);
