import type { StyleSpecification } from 'maplibre-gl';
import type { BaseMapId } from '../../../model/basemap.ts';
import type { Language } from '../../../model/text.ts';
import { baseStyle } from '../style.ts';

/** Whom the map thanks, as they ask for it. */
export interface Credit {
  readonly text: string;
  readonly href?: string;
}

/** What a map is asked to be drawn on. */
export interface GroundAsked {
  readonly base: BaseMapId;
  /** Where the operator's file of tiles is, null without one. */
  readonly pmtiles: string | null;
  readonly theme: 'light' | 'dark';
  readonly language: Language;
}

/** What lies under everything: water, roads, names, and who made them. */
export interface Ground {
  readonly id: BaseMapId;
  /** Tells one ground from another: a theme or a language is another ground. */
  readonly key: string;
  readonly style: StyleSpecification;
  readonly credits: readonly Credit[];
}

export const keyOf = ({ base, theme, language }: Pick<GroundAsked, 'base' | 'theme' | 'language'>): string =>
  `${base} ${theme} ${language}`;

export const OSM: Credit = {
  text: '© OpenStreetMap contributors',
  href: 'https://www.openstreetmap.org/copyright',
};

/** The ground that the page carries itself. */
export function schematic({ theme, language }: Pick<GroundAsked, 'theme' | 'language'>): Ground {
  return {
    id: 'schematic',
    key: keyOf({ base: 'schematic', theme, language }),
    style: baseStyle(theme, language),
    credits: [OSM, { text: 'ODbL', href: 'https://opendatacommons.org/licenses/odbl/' }],
  };
}
