import type { Map as MapLibreMap } from 'maplibre-gl';
import { fieldOf } from './ring.ts';

/** In so many parts the ring of a cluster is told. */
export const RING_PARTS = 8;
/** Pixels of the image, shown at half of that, and of the ring in it. */
const [SIZE, RADIUS, HALF, THIN] = [104, 38, 4, 1.7];
const DOTS = 24;
const TURN = 2 * Math.PI;

/** Distance to a ring that is drawn for `share` of its way, clockwise from the top, and dotted for the rest. */
function distance(x: number, y: number, share: number): number {
  const r = Math.hypot(x, y);
  const angle = (Math.atan2(x, -y) + TURN) % TURN;
  const end = share * TURN;
  const at = (turned: number) => Math.hypot(x - RADIUS * Math.sin(turned), y + RADIUS * Math.cos(turned));
  const solid =
    share === 0
      ? Infinity
      : share === 1 || angle <= end
        ? Math.abs(r - RADIUS) - HALF
        : Math.min(at(0), at(end)) - HALF;
  const dot = (Math.round((angle / TURN) * DOTS) / DOTS) * TURN;
  const free = share < 1 && (share === 0 || (dot > end + 0.2 && dot < TURN - 0.2));
  return Math.min(solid, free ? at(dot) - THIN : Infinity);
}

/** Makes the rings known to the map's style: `cluster-0` is dotted all around, `cluster-8` unbroken. */
export function addClusterRings(map: MapLibreMap): void {
  for (let part = 0; part <= RING_PARTS; part++) {
    const id = `cluster-${part}`;
    if (map.hasImage(id)) continue;
    map.addImage(
      id,
      fieldOf(SIZE, (x, y) => distance(x, y, part / RING_PARTS)),
      { sdf: true, pixelRatio: 2 },
    );
  }
}
