import type { Map as MapLibreMap } from 'maplibre-gl';
import { type Ground, type GroundAsked, schematic } from './ground.ts';

/** The ground that is asked for. Rejects where it does not come: the schematic always does. */
export async function loadGround(asked: GroundAsked, signal: AbortSignal): Promise<Ground> {
  switch (asked.base) {
    case 'openfreemap':
      return (await import('./openfreemap.ts')).openFreeMap(asked, signal);
    case 'pmtiles':
      return (await import('./pmtiles.ts')).pmtilesGround(asked);
    case 'schematic':
      return schematic(asked);
  }
}

const isLoaded = (tile: unknown): boolean =>
  typeof tile === 'object' && tile !== null && 'state' in tile && tile.state === 'loaded';

/** So many tiles that do not come, and the ground counts as gone: also where some came before. */
const FAILURES = 6;

/** Calls `gone` once when the ground's tiles keep failing, or none of those in view comes; answers how to stop watching. */
export function watchTiles(map: MapLibreMap, ground: Ground, gone: () => void): () => void {
  const sources = new Set(Object.keys(ground.style.sources));
  const isOurs = (event: object) =>
    'sourceId' in event && typeof event.sourceId === 'string' && sources.has(event.sourceId);
  let [failures, came, isGone] = [0, 0, false];
  const judge = (isBad: boolean) => {
    if (!isBad || isGone) return;
    isGone = true;
    gone();
  };
  const failed = (event: object) => {
    if (!isOurs(event)) return;
    failures += 1;
    judge(failures >= FAILURES);
  };
  const loaded = (event: object) => {
    if (isOurs(event) && 'tile' in event && isLoaded(event.tile)) came += 1;
  };
  const settled = () => judge(failures > 0 && came === 0);
  map.on('error', failed);
  map.on('sourcedata', loaded);
  map.on('idle', settled);
  return () => {
    map.off('error', failed);
    map.off('sourcedata', loaded);
    map.off('idle', settled);
  };
}
