import type { Tone } from '../state/scale.ts';

/** Every colour of the map; the page's own are custom properties in app.css. */
export interface Palette {
  readonly land: string;
  readonly city: string;
  readonly border: string;
  readonly park: string;
  readonly water: string;
  readonly shore: string;
  readonly street: string;
  readonly road: string;
  readonly roadCase: string;
  readonly ring: string;
  readonly ringCase: string;
  readonly bridge: string;
  readonly text: string;
  /** The strongest text, where it stands on colour. */
  readonly ink: string;
  readonly faint: string;
  readonly waterText: string;
  readonly ringText: string;
  readonly parkText: string;
  readonly halo: string;
  /** What a mark is outlined with, so that it stands on anything. */
  readonly outline: string;
  readonly accent: string;
  /** What something is wrong with. */
  readonly warning: string;
  /** From a little to much warmth, away from the ground. */
  readonly heat: readonly string[];
  /** By level, or by step of a sequential scale. */
  readonly tones: Readonly<Record<Tone, string>>;
}

/**
 * The levels keep apart in lightness as well as in hue, so that they do in every kind of colour blindness and in
 * print. The steps are of one hue that no level, road or water has, and lead away from the ground: low is near to it.
 */
export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    land: '#e7e2d5',
    city: '#f7f4ee',
    border: '#bfb39a',
    park: '#d0e4bd',
    water: '#a2cee6',
    shore: '#76abc9',
    street: '#e4dccb',
    road: '#ffffff',
    roadCase: '#d2c6ae',
    ring: '#f8d88b',
    ringCase: '#c79f49',
    bridge: '#5d5342',
    text: '#4a463c',
    ink: '#1d2226',
    faint: '#766e5e',
    waterText: '#1f5b7a',
    ringText: '#6f500d',
    parkText: '#41612f',
    halo: '#fbf9f4',
    outline: '#ffffff',
    accent: '#0f3d4c',
    warning: '#8a4b00',
    heat: ['#fbe0a8', '#f4ae62', '#e06a3c', '#a92a41', '#5b0f4c'],
    tones: {
      good: '#00839c',
      fair: '#a07a00',
      poor: '#dc3410',
      severe: '#7d0c47',
      unrated: '#545a70',
      none: '#7c7e85',
      'step-0': '#c599e8',
      'step-1': '#a176d2',
      'step-2': '#8058bd',
      'step-3': '#5c3499',
      'step-4': '#361368',
    },
  },
  dark: {
    land: '#0c1216',
    city: '#141c22',
    border: '#46535b',
    park: '#18332a',
    water: '#184059',
    shore: '#34708f',
    street: '#26313a',
    road: '#3d4b55',
    roadCase: '#0e1519',
    ring: '#7b6531',
    ringCase: '#0e1519',
    bridge: '#c9bd9d',
    text: '#b9c3c8',
    ink: '#f2f6f8',
    faint: '#8a979f',
    waterText: '#8cc3de',
    ringText: '#d9b968',
    parkText: '#8bb096',
    halo: '#0f161b',
    outline: '#0b1013',
    accent: '#ffffff',
    warning: '#ffc07a',
    heat: ['#371a55', '#a23a78', '#e0574a', '#f69a3f', '#fdeb9a'],
    tones: {
      good: '#5ccfd6',
      fair: '#fad654',
      poor: '#ff7a30',
      severe: '#d43f98',
      unrated: '#8090c4',
      none: '#868e94',
      'step-0': '#573f86',
      'step-1': '#7a5cb2',
      'step-2': '#9e81d4',
      'step-3': '#c3abea',
      'step-4': '#e8ddfc',
    },
  },
};

/** The tones as custom properties, for everything that is not drawn on the map. */
export function levelProperties({ tones, city, water, heat, warning }: Palette): string {
  return Object.entries({ ...tones, land: city, water, warning })
    .map(([tone, colour]) => `--level-${tone}: ${colour}`)
    .concat(`--heat-ramp: ${heat.join(', ')}`)
    .join('; ');
}
