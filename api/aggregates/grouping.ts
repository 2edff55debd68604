import { cellToLatLng, cellToParent, latLngToCell } from 'h3-js';
import type { Device } from '../../model/device.ts';
import { type Position, representative } from '../../model/geometry.ts';
import type { Wards } from '../areas.ts';

/** How observations come into groups: by what the registry says of their device, or by the place where they were made. */
export type Grouping =
  | { readonly by: 'registry'; readonly groupOf: (device: Device) => string | undefined }
  | {
      readonly by: 'place';
      readonly groupAt: (position: Position) => string | undefined;
      /** The group of an H3 cell at CELL_RESOLUTION. */
      readonly groupIn: (cell: string) => string | undefined;
    };

/** The centre of an H3 cell. */
export function centreOf(cell: string): Position {
  const [lat, lon] = cellToLatLng(cell);
  return [lon, lat];
}

/** By the ward of the position, or of the cell's centre. */
export const byArea = ({ wardOf, wardIn }: Pick<Wards, 'wardOf' | 'wardIn'>): Grouping => ({
  by: 'place',
  groupAt: wardOf,
  groupIn: wardIn,
});

/** By the H3 cell at a resolution. */
export const byCell = (resolution: number): Grouping => ({
  by: 'place',
  groupAt: ([lon, lat]) => latLngToCell(lat, lon, resolution),
  groupIn: (cell) => cellToParent(cell, resolution),
});

/** The group of a device that stands still, or that is grouped by what the registry says; undefined for none. */
export function groupOf(device: Device, grouping: Grouping): string | undefined {
  if (grouping.by === 'registry') return grouping.groupOf(device);
  return device.geometry ? grouping.groupAt(representative(device.geometry)) : undefined;
}
