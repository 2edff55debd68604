import type { Level } from '../../model/level.ts';
import { PALETTES } from '../map/palette.ts';

export type LevelTone = Level | 'unrated';

/** Every colour of a chart. */
export interface ChartPalette {
  /** What it is drawn on: the card's ground in app.css. */
  readonly paper: string;
  readonly text: string;
  readonly ink: string;
  readonly faint: string;
  readonly rule: string;
  /** The band from least to greatest. */
  readonly band: string;
  readonly tones: Readonly<Record<LevelTone, string>>;
  /** Of up to four series that are compared: far apart in lightness too, and each has a dash and a letter besides. */
  readonly series: readonly [string, string, string, string];
}

const of = (theme: 'light' | 'dark', own: Pick<ChartPalette, 'paper' | 'rule' | 'series'>): ChartPalette => {
  const { text, ink, faint, tones } = PALETTES[theme];
  return { ...own, text, ink, faint, tones, band: `${tones.unrated}47` };
};

export const CHART_PALETTES: Readonly<Record<'light' | 'dark', ChartPalette>> = {
  light: of('light', { paper: '#ffffff', rule: '#e2dccf', series: ['#0067b1', '#c2500a', '#1d2226', '#a8408f'] }),
  dark: of('dark', { paper: '#182129', rule: '#2c3840', series: ['#62b4f5', '#ff9c5b', '#f2f6f8', '#e88fd0'] }),
};

/** Lengths of dash and space, CSS pixels: the second thing that tells series apart. */
export const DASHES: readonly (readonly number[])[] = [[], [9, 4], [2, 3], [10, 3, 2, 3]];
export const LETTERS = ['A', 'B', 'C', 'D'] as const;
