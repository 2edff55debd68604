import { type ExpressionSpecification, GeoJSONSource, type Map as MapLibreMap } from 'maplibre-gl';
import type { Mark } from '../../state/mark.ts';
import { Alone } from '../alone.ts';
import { part } from '../overlays.ts';
import type { Palette } from '../palette.ts';
import { type Shift, shiftsOf } from '../stack.ts';
import {
  addClusters,
  CLUSTER_LAYERS,
  CLUSTER_RADIUS,
  type ClusterTells,
  clusterProperties,
  clusterText,
  groupedOf,
  tallied,
} from './clusters.ts';
import { addGlyphs, glyphLayers } from './glyphs.ts';
import { addOpen } from './open.ts';
import { addShapes, colourBy, markSize, shapeLayout, shapePaint } from './paint.ts';
import { addRings } from './ring.ts';
import { EMPTY, type MapLayer, removeAll } from './source.ts';
import { bakedOf, doubtful, faded, hidden, offline, quarantined, SteadySource, stale, tone } from './steady.ts';

const SOURCE = 'points';
/** Single devices: what a pointer hits. */
export const POINT_LAYERS: readonly string[] = ['points-glow', 'points-ring', 'points-shape', ...glyphLayers(SOURCE)];

/** Marks that stand at points, and the id of the device that is open. */
export interface PointsContent {
  readonly marks: readonly Mark[];
  /** What moves: from afar it is a part of clusters, and stands until they are counted anew. */
  readonly moving: readonly Mark[];
  readonly selected: string | null;
  /** Up to which zoom those that are close to each other are drawn as one; null: never. */
  readonly groupedTo: number | null;
  /** What a cluster tells beside its count. */
  readonly tells: ClusterTells;
  /** The moment that is shown, ms since the epoch; null: the present. */
  readonly moment: number | null;
}

/** Where the rings begin: further out there is no room around a mark. */
export const RING_ZOOM = 11.5;
const GROUPED_REFRESH_MS = 4_000;

/** The features of marks; how far each is drawn beside others of its place is worked out when one moved. */
function featuring(): (marks: readonly Mark[], moved: boolean) => GeoJSON.Feature[] {
  let shifts: ReadonlyMap<string, Shift> = new Map();
  return (marks, moved) => {
    if (moved)
      shifts = shiftsOf(
        marks.flatMap(({ device, geometry }) =>
          geometry?.type === 'Point' ? [{ id: device.id, at: geometry.coordinates }] : [],
        ),
      );
    return marks.flatMap((mark): GeoJSON.Feature[] => {
      const { device, geometry, shape, moving } = mark;
      if (geometry?.type !== 'Point') return [];
      const shift = [...(shifts.get(device.id) ?? [0, 0])];
      const { id, simulated } = device;
      const steady = { id, shape, simulated, moving, shift };
      return [{ type: 'Feature', geometry, properties: { ...steady, ...bakedOf(mark), ...tallied(mark) } }];
    });
  };
}

/** Devices for themselves; what moves stands here only as far as marks are grouped: nearer by it has a layer of its own. */
const singleTo = (groupedTo: number | null): ExpressionSpecification => [
  'all',
  ['!', ['has', 'point_count']],
  ['any', ['!', ['get', 'moving']], ['<', ['zoom'], (groupedTo ?? -1) + 1]],
];
const single = singleTo(null);

function addLayers(map: MapLibreMap, palette: Palette): void {
  map.addLayer({
    id: 'points-glow',
    type: 'circle',
    source: SOURCE,
    ...part('devices', 'top'),
    filter: single,
    paint: {
      'circle-color': colourBy(tone, palette),
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 7, 12, 13, 16, 22],
      'circle-blur': 0.25,
      'circle-opacity': ['case', ['all', ['==', tone, 'severe'], ['!', faded]], 0.26, 0],
    },
  });
  map.addLayer({
    id: 'points-ring',
    type: 'symbol',
    source: SOURCE,
    ...part('devices', 'top'),
    filter: single,
    minzoom: RING_ZOOM,
    layout: {
      'icon-image': ['case', ['get', 'simulated'], 'ring-simulated', 'ring-real'],
      'icon-size': markSize,
      'icon-offset': ['get', 'shift'],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
    },
    paint: {
      'icon-color': ['case', ['get', 'simulated'], palette.text, palette.accent],
      'icon-opacity': ['case', ['get', 'simulated'], 0.42, 1],
    },
  });
  map.addLayer({
    id: 'points-shape',
    type: 'symbol',
    source: SOURCE,
    ...part('devices', 'top'),
    filter: single,
    // Names give way to what is measured; what moves would make them flicker.
    layout: { ...shapeLayout, 'icon-offset': ['get', 'shift'], 'icon-ignore-placement': false },
    paint: shapePaint(tone, faded, palette),
  });
  const when = { hidden, offline, stale, doubtful, quarantined };
  addGlyphs(map, palette, SOURCE, { when, shift: ['get', 'shift'], filter: single });
}

/** Devices that stand at a point; from afar those close to each other are one cluster. */
export function addPointLayer(map: MapLibreMap, palette: Palette): MapLayer<PointsContent> {
  addShapes(map);
  addRings(map);
  map.addSource(SOURCE, {
    ...{ type: 'geojson', data: EMPTY, promoteId: 'id' },
    ...{ cluster: false, clusterRadius: CLUSTER_RADIUS, clusterProperties },
  });
  addLayers(map, palette);
  addClusters(map, palette, groupedOf(SOURCE));
  const open = addOpen(map, palette);

  const alone = new Alone(map, SOURCE, () => steady.look());
  const steady = new SteadySource(map, SOURCE, { features: featuring(), baked: true, alone: () => alone.ids });
  let counting: ReturnType<typeof setTimeout> | undefined;
  let standing: readonly Mark[] = [];
  let grouped: number | null = null;
  let riding: readonly Mark[] = [];
  let told: ClusterTells | undefined;
  let at = 0;
  let shown: number | null = null;
  return {
    update({ marks, moving, selected, groupedTo, tells, moment }) {
      const points = marks.filter(({ geometry }) => geometry?.type === 'Point');
      const source = map.getSource(SOURCE);
      if (groupedTo !== grouped && source instanceof GeoJSONSource) {
        void source.setClusterOptions(
          groupedTo === null ? { cluster: false } : { cluster: true, clusterMaxZoom: groupedTo },
        );
        for (const id of POINT_LAYERS) map.setFilter(id, singleTo(groupedTo));
      }
      if (tells !== told) map.setLayoutProperty('clusters-count', 'text-field', clusterText(tells));
      told = tells;
      // A cluster does not see what single devices are told by feature state: it is counted anew every few seconds.
      const due = groupedTo !== null && moment !== shown;
      // Nearer by there is no cluster to be seen.
      const seen = groupedTo !== null && map.getZoom() < groupedTo + 1;
      const late = seen && Date.now() - at > GROUPED_REFRESH_MS;
      shown = moment;
      const others = groupedTo === null ? [] : moving.filter(({ geometry }) => geometry?.type === 'Point');
      if (due || late || groupedTo !== grouped || others.length !== riding.length) riding = others;
      grouped = groupedTo;
      alone.grouped = groupedTo !== null;
      standing = [...points, ...riding];
      if (steady.update(standing, due)) at = Date.now();
      // In a task of its own: what came has been shown by then.
      else if (late)
        counting ??= setTimeout(() => {
          counting = undefined;
          at = Date.now();
          steady.update(standing, true);
        });
      open.update(points.find(({ device }) => device.id === selected) ?? null);
    },
    remove() {
      clearTimeout(counting);
      alone.stop();
      steady.stop();
      open.remove();
      removeAll(map, [...POINT_LAYERS, ...CLUSTER_LAYERS], SOURCE);
    },
  };
}
