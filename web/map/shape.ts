/** The shapes that tell the kinds of device apart, so that no meaning hangs on colour alone. */
export const SHAPES = [
  'circle',
  'square',
  'triangle',
  'diamond',
  'drop',
  'dome',
  'plus',
  'hexagon',
  'wedge',
  'cross',
  'star',
  'pentagon',
  'spark',
  'house',
  'slant',
  'bar',
  'hourglass',
  'shield',
] as const;
/** How the kinds that are lines are told apart: a course with plain ends, or one between two nodes. */
export const LINE_SHAPES = ['line', 'link'] as const;
export type LineShape = (typeof LINE_SHAPES)[number];
/** What stands for a kind in the legend and the list: on the map a line is the line itself. */
export type Shape = (typeof SHAPES)[number] | LineShape;

/** The shape of the n-th kind of points; the row begins again when it is used up. */
export function shapeAt(index: number): Shape {
  return SHAPES[index % SHAPES.length] ?? 'circle';
}

/** The shape of the n-th kind of lines. */
export function lineShapeAt(index: number): LineShape {
  return LINE_SHAPES[index % LINE_SHAPES.length] ?? 'line';
}

type Vertex = readonly [x: number, y: number];

/** `n` vertices on a circle, the first one upwards, turned by `turn` of a whole turn; every second at `inner`. */
function ring(n: number, radius: number, turn = 0, inner = radius): Vertex[] {
  return Array.from({ length: n }, (_, i) => {
    const angle = (i / n + turn - 0.25) * 2 * Math.PI;
    const r = i % 2 === 0 ? radius : inner;
    return [r * Math.cos(angle), r * Math.sin(angle)] as const;
  });
}

const arm = 0.36;
const PLUS: readonly Vertex[] = [
  [-arm, -1],
  [arm, -1],
  [arm, -arm],
  [1, -arm],
  [1, arm],
  [arm, arm],
  [arm, 1],
  [-arm, 1],
  [-arm, arm],
  [-1, arm],
  [-1, -arm],
  [-arm, -arm],
];

/** An eighth of a turn. */
const turned = (outline: readonly Vertex[]): Vertex[] =>
  outline.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2] as const);

/** A half circle over a flat foot. */
const DOME: readonly Vertex[] = [
  ...Array.from({ length: 17 }, (_, i) => {
    const angle = Math.PI + (i / 16) * Math.PI;
    return [1.1 * Math.cos(angle), 0.55 + 1.25 * Math.sin(angle)] as const;
  }),
  [1.1, 0.75],
  [-1.1, 0.75],
];
/** A tip above a round bottom. */
const DROP: readonly Vertex[] = [
  [0, -1.25],
  ...Array.from({ length: 21 }, (_, i) => {
    const angle = -Math.PI / 6 + (i / 20) * (4 / 3) * Math.PI;
    return [0.82 * Math.cos(angle), 0.3 + 0.82 * Math.sin(angle)] as const;
  }),
];
const SHIELD: readonly Vertex[] = [
  [-0.95, -0.9],
  [0, -1.15],
  [0.95, -0.9],
  [0.9, 0.15],
  [0.55, 0.75],
  [0, 1.2],
  [-0.55, 0.75],
  [-0.9, 0.15],
];

/** Two nodes and what lies between them, rising to the right. */
const DUMBBELL: readonly Vertex[] = (() => {
  const [radius, half, tilt] = [0.44, 0.17, -0.55];
  const opening = Math.asin(half / radius);
  const knob = (x: number, from: number) =>
    Array.from({ length: 13 }, (_, i) => {
      const angle = from + (i / 12) * 2 * (Math.PI - opening);
      return [x + radius * Math.cos(angle), radius * Math.sin(angle)] as const;
    });
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  return [...knob(-0.86, opening), ...knob(0.86, Math.PI + opening)].map(
    ([x, y]) => [x * cos - y * sin, x * sin + y * cos] as const,
  );
})();

/** A shape's outline around the origin, y downwards; sizes are chosen so that all look equally large. */
export const OUTLINES: Readonly<Record<Shape, readonly Vertex[]>> = {
  circle: ring(32, 0.92),
  square: ring(4, 1.14, 0.125),
  triangle: ring(3, 1.2),
  diamond: ring(4, 1.12),
  pentagon: ring(5, 1.02),
  plus: PLUS,
  star: ring(10, 1.2, 0, 0.58),
  hexagon: ring(6, 1),
  wedge: ring(3, 1.2, 0.5),
  cross: turned(PLUS),
  spark: ring(8, 1.3, 0, 0.5),
  drop: DROP,
  dome: DOME,
  house: [
    [0, -1.15],
    [1.1, -0.2],
    [0.85, -0.2],
    [0.85, 0.95],
    [-0.85, 0.95],
    [-0.85, -0.2],
    [-1.1, -0.2],
  ],
  slant: [
    [-0.55, -0.85],
    [1.25, -0.85],
    [0.55, 0.85],
    [-1.25, 0.85],
  ],
  bar: [
    [-0.62, -1.2],
    [0.62, -1.2],
    [0.62, 1.2],
    [-0.62, 1.2],
  ],
  hourglass: [
    [-0.95, -1.1],
    [0.95, -1.1],
    [0.25, 0],
    [0.95, 1.1],
    [-0.95, 1.1],
    [-0.25, 0],
  ],
  shield: SHIELD,
  line: [
    [-1.25, 0.45],
    [1.1, -0.85],
    [1.25, -0.45],
    [-1.1, 0.85],
  ],
  link: DUMBBELL,
};

/** The `points` of an SVG polygon of the shape, scaled by `radius`. */
export function svgPoints(shape: Shape, radius: number): string {
  return OUTLINES[shape].map(([x, y]) => `${(x * radius).toFixed(2)},${(y * radius).toFixed(2)}`).join(' ');
}

/** Distance from a point to the outline, negative inside (even-odd). */
export function signedDistance(outline: readonly Vertex[], x: number, y: number): number {
  let squared = Infinity;
  let inside = false;
  for (const [i, [ax, ay]] of outline.entries()) {
    const [bx, by] = outline[(i + 1) % outline.length] ?? [ax, ay];
    const [ex, ey] = [bx - ax, by - ay];
    const along = Math.min(1, Math.max(0, ((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey)));
    squared = Math.min(squared, (x - ax - ex * along) ** 2 + (y - ay - ey * along) ** 2);
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside ? -Math.sqrt(squared) : Math.sqrt(squared);
}

/** An image for MapLibre's `addImage(…, { sdf: true })`. */
export interface SdfImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Pixels of the image that the shape's radius takes; the rest is room for the halo. */
const RADIUS = 14;
const SIZE = 48;

/** The shape as a signed distance field: MapLibre puts the edge at alpha 3/4 and reaches 8 pixels around it. */
export function sdfImage(shape: Shape): SdfImage {
  const data = new Uint8ClampedArray(SIZE * SIZE * 4);
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) {
      const at = [(column + 0.5 - SIZE / 2) / RADIUS, (row + 0.5 - SIZE / 2) / RADIUS] as const;
      const pixels = signedDistance(OUTLINES[shape], ...at) * RADIUS;
      data[(row * SIZE + column) * 4 + 3] = 255 * (0.75 - pixels / 8);
    }
  }
  return { width: SIZE, height: SIZE, data };
}
