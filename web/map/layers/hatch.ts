import type { Map as MapLibreMap } from 'maplibre-gl';

const SIZE = 16;

/** Slanting lines that join at the edges of the tile. */
function lines(context: CanvasRenderingContext2D): void {
  context.lineWidth = 3;
  for (const shift of [-SIZE, 0, SIZE]) {
    context.beginPath();
    context.moveTo(shift - 2, SIZE + 2);
    context.lineTo(shift + SIZE + 2, -2);
    context.stroke();
  }
}

/** Dots in rows, every second of them half a step on. */
function dots(context: CanvasRenderingContext2D): void {
  for (const [x, y] of [
    [4, 4],
    [12, 12],
  ] as const) {
    context.beginPath();
    context.arc(x, y, 1.7, 0, 2 * Math.PI);
    context.fill();
  }
}

const PATTERNS = { lines, dots } as const;

/** A tile drawn in a canvas; nothing where there is no canvas. */
function tile(draw: (context: CanvasRenderingContext2D) => void, colour: string): ImageData | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = SIZE;
  canvas.height = SIZE;
  const context = canvas.getContext('2d');
  if (context === null) return undefined;
  context.strokeStyle = colour;
  context.fillStyle = colour;
  draw(context);
  return context.getImageData(0, 0, SIZE, SIZE);
}

/** Makes a pattern known to the map's style, under the id that is answered. */
export function addPattern(map: MapLibreMap, pattern: keyof typeof PATTERNS, colour: string): string {
  const id = `${pattern}-${colour}`;
  const image = map.hasImage(id) ? undefined : tile(PATTERNS[pattern], colour);
  if (image) map.addImage(id, image, { pixelRatio: 2 });
  return id;
}
