import type { Map as MapLibreMap } from 'maplibre-gl';
import { WALL } from '../state/layout.ts';
import { Preferences } from '../state/preferences.svelte.ts';
import { createMap } from './create.ts';
import { schematic } from './ground/ground.ts';
import { onceDrawn } from './once-drawn.ts';

/** The map as it was begun before the page around it came. */
export interface FirstMap {
  readonly map: MapLibreMap;
  /** What it is drawn in, to be put where it belongs. */
  readonly element: HTMLElement;
  /** Of the ground that it is drawn on. */
  readonly key: string;
}

let begun: Promise<FirstMap | null> | null = null;

/** How long the page waits for it at most, ms. */
const PATIENCE_MS = 2_500;

/**
 * Begins to draw the city, with nothing on it, where the page will have its map: MapLibre and its worker are at work
 * while the rest of the page comes. Resolves once the worker is at work, there will be none, or it takes too long.
 */
export async function beginMap(): Promise<void> {
  // On a wall the page is zoomed, and this stands outside of the page.
  if (window.innerWidth >= WALL) return;
  begun = drawGround();
  await Promise.race([begun, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

async function drawGround(): Promise<FirstMap | null> {
  const { shown: theme, language } = new Preferences();
  const { key, style } = schematic({ theme, language });
  document.documentElement.dataset.theme = theme;
  const element = document.createElement('div');
  element.className = 'first-map';
  document.body.append(element);
  try {
    const map = await createMap(element, style);
    // The first picture with all of the ground on it, devices or not. Who measures how soon a reader sees the city reads this.
    const stop = onceDrawn(map, Object.keys(style.sources), () => performance.mark('base-map'), 1);
    map.once('remove', stop);
    await map.once('style.load');
    // On another ground these sources may never come.
    map.once('style.load', stop);
    return { map, element, key };
  } catch {
    // Without WebGL: whoever wants a map of the page's own says so.
    element.remove();
    return null;
  }
}

/** The map that was begun, for whom asks first; null where there is none. */
export async function takeFirstMap(): Promise<FirstMap | null> {
  const taken = begun;
  begun = null;
  return taken;
}
