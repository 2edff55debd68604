import { type Map as MapLibreMap, type MapMouseEvent, Point, type PointLike } from 'maplibre-gl';
import { type Position, representative } from '../../model/geometry.ts';
import type { Mark } from '../state/mark.ts';
import { coverOf, middleOf } from './cover.ts';
import { isHeld } from './hold.ts';
import { CLUSTER_DISC, type ClusterFigures, clusterOf } from './layers/clusters.ts';
import { HEX_FILL } from './layers/hexes.ts';
import { LINE_LAYERS } from './layers/lines.ts';
import { MOVING_LAYERS } from './layers/moving.ts';
import { POINT_LAYERS } from './layers/points.ts';
import { WARD_FILL } from './layers/wards.ts';

/** A finger is not a needle: how far from a mark a click still counts, in pixels; the nearest ring that has one wins. */
const REACHES = [1, 4, 8];

/** A place on the screen, pixels from the map's upper left corner. */
export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

/** The ids of the first features of these layers within a reach of a point. */
function idAt(map: MapLibreMap, layers: readonly string[], at: PointLike | [PointLike, PointLike]): string | null {
  const there = layers.filter((id) => map.getLayer(id) !== undefined);
  if (there.length === 0) return null;
  for (const { properties } of map.queryRenderedFeatures(at, { layers: there })) {
    const id: unknown = properties.id;
    if (typeof id === 'string') return id;
  }
  return null;
}

/** The id of the device under or next to a point of the screen: what moves first, then points, then lines. */
export function deviceAt(map: MapLibreMap, { x, y }: ScreenPoint): string | null {
  for (const reach of REACHES) {
    const box: [PointLike, PointLike] = [
      [x - reach, y - reach],
      [x + reach, y + reach],
    ];
    // Of lines the visible ones are hit first: their reach alone is 11 pixels to both sides.
    const lines = LINE_LAYERS.slice(reach === REACHES.at(-1) ? 0 : 1);
    for (const layers of [MOVING_LAYERS, POINT_LAYERS, lines]) {
      const id = idAt(map, layers, box);
      if (id !== null) return id;
    }
  }
  return null;
}

/** The id of the ward under a point of the screen. */
export const wardAt = (map: MapLibreMap, { x, y }: ScreenPoint): string | null => idAt(map, [WARD_FILL], [x, y]);

/** The H3 cell under a point of the screen. */
export const hexAt = (map: MapLibreMap, { x, y }: ScreenPoint): string | null => idAt(map, [HEX_FILL], [x, y]);

/** A cluster of devices on the screen. */
export interface SeenCluster extends ClusterFigures {
  readonly centre: Position;
}

function clustersIn(map: MapLibreMap, box?: [PointLike, PointLike]): readonly SeenCluster[] {
  if (map.getLayer(CLUSTER_DISC) === undefined) return [];
  return map.queryRenderedFeatures(box, { layers: [CLUSTER_DISC] }).flatMap(({ properties, geometry }) => {
    const figures = clusterOf(properties);
    const [lon, lat] = geometry.type === 'Point' ? geometry.coordinates : [];
    return figures && lon !== undefined && lat !== undefined ? [{ ...figures, centre: [lon, lat] }] : [];
  });
}

/** The cluster under a point of the screen. */
export const clusterAt = (map: MapLibreMap, { x, y }: ScreenPoint): SeenCluster | undefined =>
  clustersIn(map, [
    [x - 2, y - 2],
    [x + 2, y + 2],
  ])[0];

/** The cluster nearest to the middle of the map, where it is nearer than `distance` pixels. */
export function clusterNearCentre(map: MapLibreMap, distance: number): SeenCluster | undefined {
  const { x, y } = centreOf(map);
  const from = new Point(x, y);
  const found = clustersIn(map)
    .map((cluster) => ({ cluster, away: map.project(cluster.centre).dist(from) }))
    .filter(({ away }) => away < distance);
  return found.sort((a, b) => a.away - b.away)[0]?.cluster;
}

/** The middle of the map. */
export function centreOf(map: MapLibreMap): ScreenPoint {
  const canvas = map.getCanvas();
  return { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
}

/** The id of the device nearest to the middle of the map, for those who steer it by keyboard. */
export function deviceNearCentre(map: MapLibreMap, marks: readonly Mark[]): string | null {
  const { x, y } = centreOf(map);
  const centre = new Point(x, y);
  let best: { id: string; distance: number } | null = null;
  for (const { device, geometry } of marks) {
    if (geometry === null) continue;
    const distance = map.project(representative(geometry)).dist(centre);
    if (best === null || distance < best.distance) best = { id: device.id, distance };
  }
  return best?.id ?? null;
}

/** What a pointer does on the map; `T` tells what is hit. */
export interface PointerHandlers<T> {
  /** What is under a point of the screen. */
  find(at: ScreenPoint): T | null;
  /** A click on it, or beside everything (null). */
  clicked(hit: T | null, at: ScreenPoint): void;
  /** The pointer is over it, or left it (null). */
  over(hit: T | null, at: ScreenPoint): void;
}

/** Calls back for clicks and moves until the returned function is called. */
export function onPointer<T>(map: MapLibreMap, { find, clicked, over }: PointerHandlers<T>): () => void {
  const click = (event: MapMouseEvent) => {
    if (!isHeld(map)) clicked(find(event.point), event.point);
  };
  const move = (event: MapMouseEvent) => {
    const hit = isHeld(map) ? null : find(event.point);
    map.getCanvas().style.cursor = hit === null ? '' : 'pointer';
    over(hit, event.point);
  };
  const out = () => over(null, { x: 0, y: 0 });
  map.on('click', click);
  map.on('mousemove', move);
  map.on('mouseout', out);
  return () => {
    map.off('click', click);
    map.off('mousemove', move);
    map.off('mouseout', out);
    map.getCanvas().style.cursor = '';
    out();
  };
}

/** Moves the map so that a position can be seen beside the cards, if it cannot already. */
export function bringIntoView(map: MapLibreMap, position: Position): void {
  const { clientWidth: width, clientHeight: height } = map.getCanvas();
  const cover = coverOf(map, true);
  const { left, right, top, bottom } = cover;
  const { x, y } = map.project(position);
  if (x > left && x < width - right && y > top && y < height - bottom) return;
  map.easeTo({ center: position, offset: middleOf(cover) });
}
