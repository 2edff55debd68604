import { NARROW, ROOMY } from '../state/layout.ts';

/** Pixels at each edge of the map. */
export interface Cover {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * What of a map of this size lies under the cards, as App.svelte lays them out; the panel only while it is open.
 * On a wall the whole page is zoomed, the map too: these pixels are those within the zoom.
 */
export function covered(width: number, height: number, panel = false): Cover {
  if (width <= NARROW) return { left: 20, right: 20, top: 20, bottom: panel ? height * 0.64 : 150 };
  const list = width > ROOMY ? 366 : 338;
  return { left: panel && width <= ROOMY ? 30 : list, right: panel ? 410 : 30, top: 30, bottom: 60 };
}
