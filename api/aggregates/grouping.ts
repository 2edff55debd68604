import { cellToLatLng, cellToParent, latLngToCell } from 'h3-js';
import type { Device } from '../../model/device.ts';
import { type Position, representative } from '../../model/geometry.ts';
import { CELL_RESOLUTION } from '../../model/observation.ts';
import type { Areas, Wards } from '../areas.ts';

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

/**
 * By the H3 cell at a resolution: the parent of the cell at CELL_RESOLUTION for what stands and what moves alike. A cell
 * does not cover the same ground as its children do, so that only this makes a cell's sum that of its children's.
 */
export const byCell = (resolution: number): Grouping => ({
  by: 'place',
  groupAt: ([lon, lat]) => cellToParent(latLngToCell(lat, lon, CELL_RESOLUTION), resolution),
  groupIn: (cell) => cellToParent(cell, resolution),
});

/** What `group_by` may be. */
export const GROUP_BY = /^(all|device|area|domain|provider|h3|tag:[a-z][a-z0-9_]{0,31})$/;

/** All devices together. */
export const WHOLE: Grouping = { by: 'registry', groupOf: () => 'all' };

/** The grouping that `group_by` names; `resolution` is of H3 cells. */
export async function groupingOf(by: string, resolution: number, areas: Pick<Areas, 'wards'>): Promise<Grouping> {
  if (by === 'h3') return byCell(resolution);
  if (by === 'area') return byArea(await areas.wards());
  if (by === 'all') return WHOLE;
  if (by === 'domain') return { by: 'registry', groupOf: ({ domain }) => domain };
  if (by === 'provider') return { by: 'registry', groupOf: ({ provider }) => provider };
  if (by === 'device') return { by: 'registry', groupOf: ({ id }) => id };
  const name = by.slice('tag:'.length);
  return { by: 'registry', groupOf: ({ tags }) => tags[name] };
}

/** The group of a device that stands still, or that is grouped by what the registry says; undefined for none. */
export function groupOf(device: Device, grouping: Grouping): string | undefined {
  if (grouping.by === 'registry') return grouping.groupOf(device);
  return device.geometry ? grouping.groupAt(representative(device.geometry)) : undefined;
}
