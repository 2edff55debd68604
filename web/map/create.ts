import { Map as MapLibreMap, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { StyleSpecification } from 'maplibre-gl';
import { WALL, WALL_SCALE } from '../state/layout.ts';
import { covered, laidUpon } from './cover.ts';

setWorkerUrl(workerUrl);

/** The letters of the map's labels: a glyph drawn before its font has come would stay in the fallback's hand. */
const SAMPLE = 'Hồ Gươm, Đường Láng, Vĩnh Tuy, Ô Chợ Dừa, Mễ Trì';

/** What is shown at first, if the address says nothing else: west, south, east and north. */
const INNER_CITY: [number, number, number, number] = [105.785, 20.988, 105.895, 21.066];

/**
 * Draws the city into `container`; rejects where WebGL is not to be had. `beside`: the page's own map, which alone has its
 * place in the address; this one looks where that one does.
 */
export async function createMap(
  container: HTMLElement,
  style: StyleSpecification,
  beside: MapLibreMap | null = null,
): Promise<MapLibreMap> {
  await document.fonts.load('400 16px "Be Vietnam Pro"', SAMPLE);
  return new MapLibreMap({
    container,
    style,
    ...(beside === null
      ? {
          // Where the cards leave a small screen no room for the bounds, this stays.
          center: [105.84, 21.027],
          zoom: 11.5,
          bounds: INNER_CITY,
          fitBoundsOptions: { padding: covered(container.clientWidth, container.clientHeight, laidUpon(container)) },
        }
      : { center: beside.getCenter(), zoom: beside.getZoom() }),
    minZoom: 8.5,
    maxZoom: 17.5,
    maxBounds: [
      [104.9, 20.3],
      [106.5, 21.7],
    ],
    hash: beside === null && 'map',
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    // A wall's page is zoomed: its map is drawn as finely as the screen is.
    ...(window.innerWidth >= WALL && { pixelRatio: window.devicePixelRatio * WALL_SCALE }),
    fadeDuration: window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200,
  });
}
