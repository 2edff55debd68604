import type { Map as MapLibreMap } from 'maplibre-gl';
import { QUESTION, QUESTION_DOT } from '../question.ts';
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
export function fieldOf(size: number, distance: (x: number, y: number) => number): SdfImage {
  const data = new Uint8ClampedArray(size * size * 4);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const pixels = distance(column + 0.5 - size / 2, row + 0.5 - size / 2);
      data[(row * size + column) * 4 + 3] = 255 * (0.75 - pixels / 8);
    }
  return { width: size, height: size, data };
}

/** Distance to the stroke between two points. */
function stroke(x: number, y: number, [ax, ay, bx, by]: readonly [number, number, number, number], half: number) {
  const [ex, ey] = [bx - ax, by - ay];
  const along = Math.min(1, Math.max(0, ((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey)));
  return Math.hypot(x - ax - ex * along, y - ay - ey * along) - half;
}

/** A triangle at the upper right of a mark, with a hole like an exclamation mark. */
const WARNING = [
  [20, -34],
  [33, -12],
  [7, -12],
] as const;
function warning(x: number, y: number): number {
  const sign = Math.min(stroke(x, y, [20, -25, 20, -20], 1.6), Math.hypot(x - 20, y + 15.5) - 1.7);
  return Math.max(signedDistance(WARNING, x, y) - 2, -sign);
}

/** A disc at the upper left of a mark, with a hole like a question mark. */
function doubt(x: number, y: number): number {
  const [ox, oy] = [x + 20, y + 23];
  const course = QUESTION.slice(1).map(([bx, by], i) => {
    const [ax, ay] = QUESTION[i] ?? [bx, by];
    return stroke(ox, oy, [ax, ay, bx, by], 1.5);
  });
  const sign = Math.min(...course, Math.hypot(ox - QUESTION_DOT[0], oy - QUESTION_DOT[1]) - 1.7);
  return Math.max(Math.hypot(ox, oy) - 12.5, -sign);
}

const IMAGES: Readonly<Record<string, () => SdfImage>> = {
  'ring-simulated': () => fieldOf(SIZE, (x, y) => distance(x, y, true)),
  'ring-real': () => fieldOf(SIZE, (x, y) => distance(x, y, false)),
  dot: () => fieldOf(24, (x, y) => Math.hypot(x, y) - 5),
  gone: () => fieldOf(48, (x, y) => Math.min(stroke(x, y, [-9, -9, 9, 9], 2.6), stroke(x, y, [-9, 9, 9, -9], 2.6))),
  old: () => fieldOf(48, (x, y) => stroke(x, y, [-8, 0, 8, 0], 2.8)),
  warning: () => fieldOf(96, warning),
  doubt: () => fieldOf(96, doubt),
  heading: () => fieldOf(96, (x, y) => signedDistance(ARROW, x, y)),
};

/**
 * Makes known to the map's style: rings of dots around what is simulated, unbroken ones, the arrow of a heading, and what
 * stands upon a mark that is kept (dot), gone (gone), not fresh (old), in doubt (doubt) or quarantined
 * (warning).
 */
export function addRings(map: MapLibreMap): void {
  for (const [id, image] of Object.entries(IMAGES))
    if (!map.hasImage(id)) map.addImage(id, image(), { sdf: true, pixelRatio: 2 });
}
