/** Up to this width, in CSS pixels, the cards come up from below, as on a phone. */
export const NARROW = 760;
/** Up to this width the list is folded at first. */
export const SLIM = 900;
/** Up to this width list and panel take turns beside the map, as on a tablet; wider, both stay. */
export const ROOMY = 1_080;
/** From this width the page hangs on a wall and is read from afar: all of it, the map's marks and names too, is so many times as large. */
export const WALL = 3_000;
export const WALL_SCALE = 1.75;
