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
  /** By level, or by step of a sequential scale. */
  readonly tones: Readonly<Record<Tone, string>>;
}

/**
 * The levels keep apart in lightness as well as in hue, so that they do in every kind of colour blindness and in
 * print. The steps are of one hue that no level, road or water has, and lead away from the ground: low is near to it.
 */
export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    land: '#e9e5da',
    city: '#f6f3ec',
    border: '#c9bfa9',
    park: '#d8e6c9',
    water: '#afd2e4',
    shore: '#8fbcd3',
    street: '#e6dfd0',
    road: '#ffffff',
    roadCase: '#dacfba',
    ring: '#f7dc9c',
    ringCase: '#d3b062',
    bridge: '#5d5342',
    text: '#4a463c',
    ink: '#1d2226',
    faint: '#8b8373',
    waterText: '#2b6684',
    ringText: '#7a5a12',
    parkText: '#4c6b3a',
    halo: '#fbf9f4',
    outline: '#ffffff',
    accent: '#0f3d4c',
    tones: {
      good: '#17899b',
      fair: '#e8b71a',
      poor: '#e0591b',
      severe: '#8a0f4f',
      unrated: '#5c6b8a',
      none: '#8b8f96',
      'step-0': '#cdbfe6',
      'step-1': '#a78fd3',
      'step-2': '#8161ba',
      'step-3': '#5b3a98',
      'step-4': '#371769',
    },
  },
  dark: {
    land: '#0c1216',
    city: '#131b21',
    border: '#3b464d',
    park: '#182a22',
    water: '#1b3d51',
    shore: '#2b5a73',
    street: '#222c33',
    road: '#35424b',
    roadCase: '#0e1519',
    ring: '#6d5a2c',
    ringCase: '#0e1519',
    bridge: '#c9bd9d',
    text: '#b9c3c8',
    ink: '#f2f6f8',
    faint: '#76838b',
    waterText: '#7fb6d1',
    ringText: '#d9b968',
    parkText: '#7fa188',
    halo: '#0f161b',
    outline: '#0b1013',
    accent: '#ffffff',
    tones: {
      good: '#35b3c4',
      fair: '#f4cf4a',
      poor: '#ff8a4c',
      severe: '#f0559f',
      unrated: '#93a3c6',
      none: '#818a91',
      'step-0': '#4c3b78',
      'step-1': '#6f57a5',
      'step-2': '#957dcb',
      'step-3': '#bda9e6',
      'step-4': '#e6dcfb',
    },
  },
};

/** The tones as custom properties, for everything that is not drawn on the map. */
export function levelProperties({ tones, city, water }: Palette): string {
  return Object.entries({ ...tones, land: city, water })
    .map(([tone, colour]) => `--level-${tone}: ${colour}`)
    .join('; ');
}
