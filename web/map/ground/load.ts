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

/** So many tiles that do not come, and the ground counts as gone. */
const FAILURES = 6;

/** Calls `gone` once when the ground's tiles keep failing; answers how to stop watching. */
export function watchTiles(map: MapLibreMap, ground: Ground, gone: () => void): () => void {
  const sources = new Set(Object.keys(ground.style.sources));
  let failures = 0;
  const failed = (event: object) => {
    if (!('sourceId' in event) || typeof event.sourceId !== 'string' || !sources.has(event.sourceId)) return;
    failures += 1;
    if (failures === FAILURES) gone();
  };
  map.on('error', failed);
  return () => map.off('error', failed);
}
