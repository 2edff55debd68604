/** Pixels at each edge of the map. */
export interface Cover {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Screens up to this wide have the cards above and below the map, wider ones at its sides: App.svelte lays them out. */
const NARROW = 760;

/** What of a map of this size lies under the cards; the panel takes its share only while it is open. */
export function covered(width: number, height: number, panel = false): Cover {
  return width > NARROW
    ? { left: 366, right: panel ? 410 : 30, top: 30, bottom: 60 }
    : { left: 20, right: 20, top: panel ? 20 : 130, bottom: panel ? height * 0.64 : 40 };
}
