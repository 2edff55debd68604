/**
 * What the city's page may be drawn on: the schematic that it carries itself, OpenFreeMap's tiles from the internet,
 * or the operator's own file of tiles.
 */
export const BASE_MAPS = ['schematic', 'openfreemap', 'pmtiles'] as const;
export type BaseMapId = (typeof BASE_MAPS)[number];

/** Where OpenFreeMap's tiles come from: the one other server that the page may ask. */
export const OPENFREEMAP_ORIGIN = 'https://tiles.openfreemap.org';
