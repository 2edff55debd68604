import { namedFlavor, layers as protomapsLayers } from '@protomaps/basemaps';
import { addProtocol, type LayerSpecification, type SourceSpecification } from 'maplibre-gl';
import { PMTiles, Protocol, TileType } from 'pmtiles';
import { PALETTES, type Palette } from '../palette.ts';
import { FIRST_NAME, FIRST_WATER, NAME_FONT } from '../style.ts';
import { type Credit, type Ground, type GroundAsked, keyOf, OSM } from './ground.ts';
import { nameIn, openMapTiles } from './openmaptiles.ts';

const protocol = new Protocol();
let added = false;

/** What is used of the file's metadata (PMTiles 3, section 5). */
interface Metadata {
  readonly attribution?: unknown;
  readonly vector_layers?: readonly { readonly id?: unknown }[];
}

const isMetadata = (value: unknown): value is Metadata => typeof value === 'object' && value !== null;

/** An attribution is written as HTML; the page shows its words. */
function wordsOf(attribution: unknown): readonly Credit[] {
  if (typeof attribution !== 'string') return [];
  const text = new DOMParser().parseFromString(attribution, 'text/html').body.textContent.replace(/\s+/g, ' ').trim();
  return text === '' || /openstreetmap/i.test(text) ? (text === '' ? [] : [{ text }]) : [{ text }, OSM];
}

/** Where our own layers go, in a style that has no layers of these names. */
const anchor = (id: string): LayerSpecification => ({ id, type: 'background', paint: { 'background-opacity': 0 } });

/** Protomaps' layers in our colours and letters: the file needs neither fonts nor pictures from elsewhere. */
function protomaps(source: string, p: Palette, { theme, language }: GroundAsked): LayerSpecification[] {
  const flavor = {
    ...namedFlavor(theme),
    ...{
      background: p.land,
      earth: p.city,
      water: p.water,
      park_a: p.park,
      park_b: p.park,
      wood_a: p.park,
      wood_b: p.park,
    },
    ...{ highway: p.ring, highway_casing_early: p.ringCase, highway_casing_late: p.ringCase, boundaries: p.border },
    ...{ bridges_highway_casing: p.bridge, bridges_major_casing: p.bridge },
  };
  const out: LayerSpecification[] = [];
  for (const layer of protomapsLayers(source, flavor, { lang: language })) {
    if ('source-layer' in layer && layer['source-layer'] === 'water' && !out.some(({ id }) => id === FIRST_WATER))
      out.push(anchor(FIRST_WATER));
    if (layer.type !== 'symbol') {
      out.push(layer);
      continue;
    }
    if (!out.some(({ id }) => id === FIRST_NAME)) out.push(anchor(FIRST_NAME));
    // Signs and points of interest need a picture each; names do not.
    const { 'icon-image': icon, 'text-field': field, ...layout } = layer.layout ?? {};
    if (field === undefined || /shield|pois|oneway/.test(layer.id)) continue;
    out.push({ ...layer, layout: { ...layout, 'text-field': nameIn(language), 'text-font': NAME_FONT } });
  }
  return out;
}

/**
 * The operator's own file: Protomaps' basemap, tiles of the OpenMapTiles schema, or pictures. Rejects where the file
 * cannot be read or holds something else.
 */
export async function pmtilesGround(asked: GroundAsked): Promise<Ground> {
  if (asked.pmtiles === null) throw new Error('there is no file of tiles');
  if (!added) addProtocol('pmtiles', protocol.tile);
  added = true;
  const url = new URL(asked.pmtiles, window.location.href).href;
  const file = protocol.get(url) ?? new PMTiles(url);
  protocol.add(file);
  const [{ tileType, maxZoom, minZoom }, given] = await Promise.all([file.getHeader(), file.getMetadata()]);
  const metadata = isMetadata(given) ? given : {};
  const p = PALETTES[asked.theme];
  const names = new Set((metadata.vector_layers ?? []).map(({ id }) => id));
  const zooms = { minzoom: minZoom, maxzoom: maxZoom, tiles: [`pmtiles://${url}/{z}/{x}/{y}`] };
  const vector = tileType === TileType.Mvt;
  const source: SourceSpecification = vector
    ? { type: 'vector', ...zooms }
    : { type: 'raster', tileSize: 256, ...zooms };
  const layers = (): LayerSpecification[] => {
    if (!vector)
      return [
        { id: 'land', type: 'background', paint: { 'background-color': p.land } },
        { id: 'tiles', type: 'raster', source: 'tiles' },
        ...[FIRST_WATER, FIRST_NAME].map(anchor),
      ];
    if (names.has('transportation')) return openMapTiles('tiles', p, asked.language);
    if (names.has('earth') && names.has('roads')) return protomaps('tiles', p, asked);
    throw new Error('the file of tiles is neither of Protomaps’ schema nor of OpenMapTiles’');
  };
  const own = names.has('transportation') ? [{ text: '© OpenMapTiles', href: 'https://www.openmaptiles.org/' }] : [];
  const protomapsOwn = names.has('earth') ? [{ text: 'Protomaps', href: 'https://protomaps.com' }] : [];
  const words = wordsOf(metadata.attribution);
  return {
    id: 'pmtiles',
    key: keyOf(asked),
    style: { version: 8, sources: { tiles: source }, layers: layers() },
    credits: words.length > 0 ? words : [...own, ...protomapsOwn, ...(vector ? [OSM] : [])],
  };
}
