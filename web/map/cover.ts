import { NARROW, ROOMY, WALL, WALL_SCALE } from '../state/layout.ts';

/** Pixels at each edge of the map. */
export interface Cover {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What of a map of this size lies under the cards, as App.svelte lays them out; the panel only while it is open. */
export function covered(width: number, height: number, panel = false): Cover {
  if (width <= NARROW) return { left: 20, right: 20, top: 20, bottom: panel ? height * 0.64 : 150 };
  const scale = width >= WALL ? WALL_SCALE : 1;
  const list = width > ROOMY ? 366 : 338;
  return {
    left: panel && width <= ROOMY ? 30 : list * scale,
    right: (panel ? 410 : 30) * scale,
    top: 30,
    bottom: 60,
  };
}
