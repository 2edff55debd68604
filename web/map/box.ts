/** What a map looks at: west, south, east and north in degrees. */
export type Box = readonly [west: number, south: number, east: number, north: number];
