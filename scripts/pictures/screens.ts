/** What a picture is taken of: CSS pixels, and how finely. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  /** Pixels of the screen for one of CSS. */
  readonly scale: number;
  /** Pixels of the picture for one of the screen: 1 unless told otherwise. */
  readonly shrink?: number;
}

export const DESK: Screen = { width: 1440, height: 900, scale: 1 };
export const TABLET: Screen = { width: 1024, height: 768, scale: 1 };
export const PHONE: Screen = { width: 390, height: 844, scale: 2, shrink: 0.75 };
/** 4K: what is small in its picture is small from across the room too. */
export const WALL: Screen = { width: 3840, height: 2160, scale: 1, shrink: 0.5 };

/** How each view is taken: the language and the theme differ at once, so that two pictures show all four. */
export const LOOKS = [
  { theme: 'light', lang: 'vi' },
  { theme: 'dark', lang: 'en' },
] as const;
export type Look = (typeof LOOKS)[number];
