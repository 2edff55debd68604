import type { Map as MapLibreMap } from 'maplibre-gl';
import { type SdfImage, signedDistance } from '../shape.ts';

/** Pixels of the image; it is shown at half of that. */
const SIZE = 64;
const RADIUS = 23;
const DOTS = 12;

/** Distance in pixels from a point to the ring's stroke, or to the nearest of its dots. */
function distance(x: number, y: number, dotted: boolean): number {
  if (!dotted) return Math.abs(Math.hypot(x, y) - RADIUS) - 1.6;
  const turn = (2 * Math.PI) / DOTS;
  const angle = Math.round(Math.atan2(y, x) / turn) * turn;
  return Math.hypot(x - RADIUS * Math.cos(angle), y - RADIUS * Math.sin(angle)) - 2;
}

/** An arrow's head outside the ring, upwards. */
const ARROW = [
  [0, -45],
  [12, -29],
  [0, -33],
  [-12, -29],
] as const;

/** A signed distance field as `sdfImage` makes it, from the distance in pixels to the middle of the image. */
function fieldOf(size: number, distance: (x: number, y: number) => number): SdfImage {
  const data = new Uint8ClampedArray(size * size * 4);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const pixels = distance(column + 0.5 - size / 2, row + 0.5 - size / 2);
      data[(row * size + column) * 4 + 3] = 255 * (0.75 - pixels / 8);
    }
  return { width: size, height: size, data };
}

const IMAGES: Readonly<Record<string, () => SdfImage>> = {
  'ring-simulated': () => fieldOf(SIZE, (x, y) => distance(x, y, true)),
  'ring-real': () => fieldOf(SIZE, (x, y) => distance(x, y, false)),
  dot: () => fieldOf(24, (x, y) => Math.hypot(x, y) - 5),
  heading: () => fieldOf(96, (x, y) => signedDistance(ARROW, x, y)),
};

/** Makes known to the map's style: rings of dots around what is simulated, unbroken ones, the arrow of a heading, and the dot in what is kept. */
export function addRings(map: MapLibreMap): void {
  for (const [id, image] of Object.entries(IMAGES))
    if (!map.hasImage(id)) map.addImage(id, image(), { sdf: true, pixelRatio: 2 });
}
