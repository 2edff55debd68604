import { OPENFREEMAP_ORIGIN } from '../../../model/basemap.ts';
import { PALETTES } from '../palette.ts';
import { type Ground, type GroundAsked, keyOf, OSM } from './ground.ts';
import { openMapTiles } from './openmaptiles.ts';

/** Where OpenFreeMap tells where its newest tiles are (TileJSON 3.0). */
export const OPENFREEMAP = `${OPENFREEMAP_ORIGIN}/planet`;
/** How long it may take to answer before the schematic is drawn, ms. */
const PATIENCE_MS = 4_000;

/** OpenFreeMap's tiles in the page's own hand. Rejects where the service does not answer in time or with no tiles. */
export async function openFreeMap(asked: GroundAsked, signal: AbortSignal): Promise<Ground> {
  const answer = await fetch(OPENFREEMAP, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) });
  if (!answer.ok) throw new Error(`OpenFreeMap answered ${answer.status}`);
  const { tiles, maxzoom }: { tiles?: string[]; maxzoom?: number } = await answer.json();
  if (tiles === undefined || tiles.length === 0) throw new Error('OpenFreeMap names no tiles');
  return {
    id: 'openfreemap',
    key: keyOf(asked),
    style: {
      version: 8,
      sources: { openmaptiles: { type: 'vector', tiles, maxzoom: maxzoom ?? 14 } },
      layers: openMapTiles('openmaptiles', PALETTES[asked.theme], asked.language),
    },
    // As https://openfreemap.org asks for it.
    credits: [
      { text: 'OpenFreeMap', href: 'https://openfreemap.org' },
      { text: '© OpenMapTiles', href: 'https://www.openmaptiles.org/' },
      { ...OSM, text: 'Data from OpenStreetMap' },
    ],
  };
}
