import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Screen } from '../state/screen.svelte.ts';

/**
 * The canvas of a map with what it shows now. WebGL forgets a frame once it is shown, and keeping every one would cost
 * all the time: the map is drawn again, and is to be read in the same moment.
 */
function drawn(map: MapLibreMap): HTMLCanvasElement {
  map.redraw();
  return map.getCanvas();
}

/** Pixels of the line between two moments, in CSS pixels. */
const LINE = 3;

/** Two maps in one, as they are compared: left of the line the first, right of it the second. */
function sideBySide(first: MapLibreMap, second: MapLibreMap, share: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('there is no canvas to draw on');
  const left = drawn(first);
  const { width, height } = left;
  [canvas.width, canvas.height] = [width, height];
  context.drawImage(left, 0, 0);
  const right = drawn(second);
  const at = Math.round(share * width);
  const from = Math.round(share * right.width);
  if (from < right.width)
    context.drawImage(right, from, 0, right.width - from, right.height, at, 0, width - at, height);
  const line = Math.max(1, Math.round((LINE * width) / Math.max(1, left.clientWidth)));
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--accent') || '#0f3d4c';
  context.fillRect(at - Math.floor(line / 2), 0, line, height);
  return canvas;
}

/** What the map shows now, of two moments where two are compared, as a PNG's data URL; null where there is no map. */
export function mapImage({ map, beside, share }: Pick<Screen, 'map' | 'beside' | 'share'>): string | null {
  if (map === null) return null;
  return (beside === null ? drawn(map) : sideBySide(map, beside, share)).toDataURL('image/png');
}
