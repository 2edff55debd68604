import { cellToLatLng, cellToParent, latLngToCell } from 'h3-js';
import type { Catalogue } from '../../model/catalogue.ts';
import type { Device } from '../../model/device.ts';
import { type Position, representative } from '../../model/geometry.ts';
import type { Metric } from '../../model/metric.ts';
import { CELL_RESOLUTION } from '../../model/observation.ts';
import { CodedError } from '../../model/problem.ts';
import type { GroupMember } from '../../storage/telemetry/port.ts';
import type { Selection } from '../selection.ts';

/** How devices come into groups: by what the registry says, or by a place. */
export type Grouping =
  | { readonly by: 'registry'; readonly labelOf: (device: Device) => string | undefined }
  | { readonly by: 'area'; readonly areaOf: (position: Position) => string | undefined }
  | { readonly by: 'h3'; readonly resolution: number };

/** One question for the store. `relabel` turns a cell into the group it belongs to, undefined for none. */
export interface Ask {
  readonly members: readonly GroupMember[];
  readonly cellResolution?: number | undefined;
  readonly relabel?: ((cell: string) => string | undefined) | undefined;
  /** Whether several cells become one group. */
  readonly folds: boolean;
}

export interface Plan {
  readonly asks: readonly Ask[];
  /** Devices of each group that are expected to report. */
  readonly expected: ReadonlyMap<string, number>;
  /** Groups there can be, at most. */
  readonly groups: number;
}

/** Questions put for groups of moving devices within a place: one for each group. */
const PLACED_GROUPS_AT_MOST = 64;

const cellAt = ([lon, lat]: Position, resolution: number) => latLngToCell(lat, lon, resolution);

export function centreOf(cell: string): Position {
  const [lat, lon] = cellToLatLng(cell);
  return [lon, lat];
}

/** The group of a device that does not move, or that is grouped by what the registry says. */
function labelOf(device: Device, grouping: Grouping): string | undefined {
  if (grouping.by === 'registry') return grouping.labelOf(device);
  if (!device.geometry) return undefined;
  const position = representative(device.geometry);
  return grouping.by === 'area' ? grouping.areaOf(position) : cellAt(position, grouping.resolution);
}

function labelled(devices: readonly Device[], grouping: Grouping): readonly (readonly [Device, string])[] {
  return devices.flatMap((device) => {
    const label = labelOf(device, grouping);
    return label === undefined ? [] : [[device, label] as const];
  });
}

/** The questions for devices whose observations are judged by where they were made. */
function placed(moving: readonly Device[], { place }: Selection, grouping: Grouping): readonly Ask[] {
  const members = moving.map(({ id }) => ({ device: id, group: '' }));
  const inside = (cell: string) => !place || place(centreOf(cell));
  switch (grouping.by) {
    case 'area':
      return [
        {
          members,
          cellResolution: CELL_RESOLUTION,
          relabel: (cell) => (inside(cell) ? grouping.areaOf(centreOf(cell)) : undefined),
          folds: true,
        },
      ];
    case 'h3': {
      const { resolution } = grouping;
      if (!place) return [{ members, cellResolution: resolution, folds: false }];
      const relabel = (cell: string) => (inside(cell) ? cellToParent(cell, resolution) : undefined);
      return [{ members, cellResolution: CELL_RESOLUTION, relabel, folds: true }];
    }
    case 'registry': {
      const groups = new Map<string, GroupMember[]>();
      for (const [{ id }, label] of labelled(moving, grouping)) {
        const group = groups.get(label) ?? [];
        group.push({ device: id, group: label });
        groups.set(label, group);
      }
      if (groups.size > PLACED_GROUPS_AT_MOST)
        throw new CodedError(
          'invalid-request',
          `within an area or bbox at most ${PLACED_GROUPS_AT_MOST} groups of moving devices can be told apart, these are ${groups.size}`,
        );
      return [...groups].map(([label, members]) => ({
        members,
        cellResolution: CELL_RESOLUTION,
        relabel: (cell) => (inside(cell) ? label : undefined),
        folds: true,
      }));
    }
  }
}

/**
 * What to ask the store so that the devices of a selection come into groups. Devices of a domain that reports the
 * metric count; of these, active ones of a kind that names it are expected to report.
 */
export function planOf(metric: Metric, selection: Selection, grouping: Grouping, catalogue: Catalogue): Plan {
  const reports = ({ domain }: Device) => catalogue.metricsOf(domain).includes(metric.id);
  const due = ({ domain, kind, state }: Device) =>
    state === 'active' && (catalogue.kind(domain, kind)?.metrics.includes(metric.id) ?? false);
  const moving = selection.moving.filter(reports);
  const byPlace = moving.length > 0 && (grouping.by !== 'registry' || selection.place !== undefined);

  const still = labelled([...selection.fixed.filter(reports), ...(byPlace ? [] : moving)], grouping);
  const expected = new Map<string, number>();
  for (const [device, label] of still) if (due(device)) expected.set(label, (expected.get(label) ?? 0) + 1);
  const groups = new Set(still.map(([, label]) => label)).size + (byPlace ? moving.length : 0);

  const asks: Ask[] = [];
  if (still.length > 0)
    asks.push({ members: still.map(([{ id }, label]) => ({ device: id, group: label })), folds: false });
  if (byPlace) asks.push(...placed(moving, selection, grouping));
  return { asks, expected, groups };
}
