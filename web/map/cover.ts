import type { Map as MapLibreMap } from 'maplibre-gl';
import { NARROW, ROOMY } from '../state/layout.ts';
import { stopHeight } from '../state/sheet.ts';

/** Pixels at each edge of the map. */
export interface Cover {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What lies upon the map besides list and panel, in pixels. */
export interface Laid {
  /** How high the bar of time is, with what is to be compared. */
  readonly foot: number;
  /** How wide the column of tools is. */
  readonly tools: number;
}

const MARGIN = 14;
const GAP = 12;
/** Below the bar of time: the attribution, on a phone the scale too. */
const [BELOW, BELOW_NARROW] = [34, 50];
/** What stays free of a small map, whatever is laid upon it. */
const FREE = 90;

/**
 * What of a map of this size lies under the cards, as App.svelte lays them out; the panel only while it is open or about
 * to be. On a wall the whole page is zoomed, the map too: these pixels are those within the zoom.
 */
export function covered(width: number, height: number, { foot, tools }: Laid, panel = false): Cover {
  if (width <= NARROW) {
    const sheet = stopHeight(panel ? 'half' : 'peek', height);
    const bottom = Math.min(sheet + BELOW_NARROW + foot, Math.max(sheet, height - FREE));
    return { left: 20, right: 20, top: 20, bottom };
  }
  const list = width > ROOMY ? 366 : 338;
  const right = MARGIN + (panel ? 372 + GAP : 0) + tools + GAP;
  return { left: panel && width <= ROOMY ? 30 : list, right, top: 30, bottom: BELOW + foot + GAP };
}

/** What will lie upon the map while it has not come. */
const USUAL: Laid = { foot: 44, tools: 38 };

/** What lies upon the map in this element as the page is laid out now. */
export function laidUpon(container: HTMLElement): Laid {
  const main = container.closest('main');
  return {
    foot: main?.querySelector<HTMLElement>(':scope > .bottom')?.offsetHeight ?? USUAL.foot,
    tools: main?.querySelector<HTMLElement>(':scope > .tools')?.offsetWidth ?? USUAL.tools,
  };
}

/** What of a map lies under the cards now. */
export function coverOf(map: MapLibreMap, panel = false): Cover {
  const { clientWidth, clientHeight } = map.getCanvas();
  return covered(clientWidth, clientHeight, laidUpon(map.getContainer()), panel);
}

/** How far the middle of what can be seen is from the middle of the map. */
export const middleOf = ({ left, right, top, bottom }: Cover): [number, number] => [
  (left - right) / 2,
  (top - bottom) / 2,
];
