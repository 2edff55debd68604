import type { ExpressionSpecification, Map as MapLibreMap, SymbolLayerSpecification } from 'maplibre-gl';
import { part } from '../overlays.ts';
import type { Palette } from '../palette.ts';
import { markSize } from './paint.ts';
import { addRings } from './ring.ts';

/** What is drawn upon a mark that is not as it should be, by the condition under which it is seen. */
export interface GlyphsWhen {
  /** Its value is kept from the reader: a dot. */
  readonly hidden: ExpressionSpecification;
  /** The broker knows that it is gone: a cross. */
  readonly offline: ExpressionSpecification;
  /** What is shown of it is old: a bar. */
  readonly stale: ExpressionSpecification;
  /** Its device doubts the value: a question mark at its other shoulder. */
  readonly doubtful: ExpressionSpecification;
  /** Messages of it could not be stored: a warning at its shoulder. */
  readonly quarantined: ExpressionSpecification;
}

const KINDS = ['hidden', 'offline', 'stale', 'doubtful', 'quarantined'] as const;
export const glyphLayers = (source: string): readonly string[] => KINDS.map((kind) => `${source}-${kind}`);

/** Forms that tell what is wrong with a mark, so that nothing hangs on its colour. */
export function addGlyphs(
  map: MapLibreMap,
  palette: Palette,
  source: string,
  {
    when,
    shift,
    filter,
    filtered = false,
    layer,
  }: {
    readonly when: GlyphsWhen;
    /** How far a mark is drawn from where it stands. */
    readonly shift?: ExpressionSpecification;
    readonly filter?: SymbolLayerSpecification['filter'];
    /** The conditions are of properties alone: then nothing is made of what is not to be seen. */
    readonly filtered?: boolean;
    /** Of a source of tiles. */
    readonly layer?: string;
  },
): void {
  addRings(map);
  const glyph = (kind: (typeof KINDS)[number], image: string, color: string, halo: string) =>
    map.addLayer({
      id: `${source}-${kind}`,
      type: 'symbol',
      source,
      ...part('devices', 'top'),
      ...(filter && { filter }),
      ...(filtered && { filter: when[kind] }),
      ...(layer && { 'source-layer': layer }),
      layout: {
        'icon-image': image,
        'icon-size': markSize,
        ...(shift && { 'icon-offset': shift }),
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
      },
      paint: {
        'icon-color': color,
        'icon-halo-color': halo,
        'icon-halo-width': 1.2,
        'icon-opacity': ['case', when[kind], 1, 0],
      },
    });
  glyph('hidden', 'dot', palette.outline, palette.outline);
  glyph('offline', 'gone', palette.ink, palette.halo);
  glyph('stale', 'old', palette.ink, palette.halo);
  glyph('doubtful', 'doubt', palette.ink, palette.halo);
  glyph('quarantined', 'warning', palette.warning, palette.outline);
}
