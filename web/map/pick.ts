import { type Map as MapLibreMap, type MapMouseEvent, Point } from 'maplibre-gl';
import { type Position, representative } from '../../model/geometry.ts';
import type { Mark } from '../state/mark.ts';
import { covered } from './cover.ts';
import { FIXED_LAYERS } from './layers/fixed.ts';
import { MOVING_LAYERS } from './layers/moving.ts';

/** A finger is not a needle: how far from a mark a click still counts, in pixels. */
const REACH = 8;

/** The id of the device under or next to a point of the screen, what moves first. */
export function deviceAt(map: MapLibreMap, { x, y }: { readonly x: number; readonly y: number }): string | null {
  const layers = [...MOVING_LAYERS, ...FIXED_LAYERS].filter((id) => map.getLayer(id) !== undefined);
  const corner = (d: number): [number, number] => [x + d, y + d];
  for (const reach of [1, REACH]) {
    const [found] = map.queryRenderedFeatures([corner(-reach), corner(reach)], { layers });
    const id: unknown = found?.properties.id;
    if (typeof id === 'string') return id;
  }
  return null;
}

/** The id of the device nearest to the middle of the map, for those who steer it by keyboard. */
export function deviceNearCentre(map: MapLibreMap, marks: readonly Mark[]): string | null {
  const canvas = map.getCanvas();
  const centre = new Point(canvas.clientWidth / 2, canvas.clientHeight / 2);
  let best: { id: string; distance: number } | null = null;
  for (const { device, geometry } of marks) {
    if (geometry === null) continue;
    const distance = map.project(representative(geometry)).dist(centre);
    if (best === null || distance < best.distance) best = { id: device.id, distance };
  }
  return best?.id ?? null;
}

/** Calls back for a click on a device (its id) or beside one (null), and for what the pointer is over. */
export function onPointer(
  map: MapLibreMap,
  handlers: { clicked(id: string | null): void; over(id: string | null, at: { x: number; y: number }): void },
): () => void {
  const click = (event: MapMouseEvent) => handlers.clicked(deviceAt(map, event.point));
  const move = (event: MapMouseEvent) => {
    const id = deviceAt(map, event.point);
    map.getCanvas().style.cursor = id === null ? '' : 'pointer';
    handlers.over(id, event.point);
  };
  const out = () => handlers.over(null, { x: 0, y: 0 });
  map.on('click', click);
  map.on('mousemove', move);
  map.on('mouseout', out);
  return () => {
    map.off('click', click);
    map.off('mousemove', move);
    map.off('mouseout', out);
  };
}

/** Moves the map so that a position can be seen beside the cards, if it cannot already. */
export function bringIntoView(map: MapLibreMap, position: Position): void {
  const { clientWidth: width, clientHeight: height } = map.getCanvas();
  const { left, right, top, bottom } = covered(width, height, true);
  const { x, y } = map.project(position);
  if (x > left && x < width - right && y > top && y < height - bottom) return;
  map.easeTo({ center: position, offset: [(left - right) / 2, (top - bottom) / 2] });
}
