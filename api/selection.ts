import type { Catalogue } from '../model/catalogue.ts';
import type { Device } from '../model/device.ts';
import { fold } from '../model/fold.ts';
import { type BBox, type Position, representative, within } from '../model/geometry.ts';
import { CodedError } from '../model/problem.ts';
import type { Areas } from './areas.ts';
import type { Directory } from './directory.ts';
import type { SimulatedFilter } from './query.ts';

/** Filters that choose devices; all must hold. */
export interface DeviceFilters {
  readonly device?: readonly string[] | undefined;
  readonly domain?: string | undefined;
  readonly kind?: string | undefined;
  readonly provider?: string | undefined;
  readonly tag?: readonly [name: string, value: string] | undefined;
  readonly state?: Device['state'] | undefined;
  readonly search?: string | undefined;
  readonly simulated?: SimulatedFilter | undefined;
  readonly bbox?: BBox | undefined;
  readonly area?: string | undefined;
}

/** A place filter: whether a position lies in the asked box and area. */
export type Place = (position: Position) => boolean;

/** Devices that stand where the place filter says, and those that move: where they were, their observations tell. */
export interface Selection {
  readonly fixed: readonly Device[];
  readonly moving: readonly Device[];
  /** Undefined where no place was asked for. */
  readonly place: Place | undefined;
}

/** The one place that turns filters into devices. */
export interface Selector {
  /** Every list is ordered by id. Throws CodedError `invalid-request` for an area or domain that is not there. */
  select(filters: DeviceFilters): Promise<Selection>;
  moves(device: Device): boolean;
}

/** Whether a device is chosen by what the registry says of it, its place apart. */
function predicate(filters: DeviceFilters): (device: Device) => boolean {
  const { domain, kind, provider, tag, state, search, simulated } = filters;
  const ids = filters.device && new Set(filters.device);
  const needle = search === undefined || search === '' ? undefined : fold(search);
  const tests: ((device: Device) => boolean)[] = [];
  if (ids) tests.push((device) => ids.has(device.id));
  if (domain !== undefined) tests.push((device) => device.domain === domain);
  if (kind !== undefined) tests.push((device) => device.kind === kind);
  if (provider !== undefined) tests.push((device) => device.provider === provider);
  if (tag) tests.push((device) => device.tags[tag[0]] === tag[1]);
  if (state) tests.push((device) => device.state === state);
  if (simulated === 'exclude') tests.push((device) => !device.simulated);
  if (simulated === 'only') tests.push((device) => device.simulated);
  if (needle !== undefined) tests.push((device) => fold(`${device.id} ${device.name}`).includes(needle));
  return (device) => tests.every((test) => test(device));
}

export function createSelector(deps: { catalogue: Catalogue; directory: Directory; areas: Areas }): Selector {
  const { catalogue, directory, areas } = deps;
  const moves = (device: Device) =>
    device.geometry === null || catalogue.kind(device.domain, device.kind)?.geometry === 'moving';

  async function placeOf({ bbox, area }: DeviceFilters): Promise<Place | undefined> {
    if (bbox === undefined && area === undefined) return undefined;
    const contains = area === undefined ? undefined : await areas.contains(area);
    if (area !== undefined && !contains) throw new CodedError('invalid-request', `area: there is no area ${area}`);
    return (position) => (!bbox || within(bbox, position)) && (!contains || contains(position));
  }

  return {
    moves,
    async select(filters) {
      if (filters.domain !== undefined && !catalogue.domain(filters.domain))
        throw new CodedError('invalid-request', `domain: there is no domain ${filters.domain}`);
      const [{ devices }, place] = await Promise.all([directory.roll(), placeOf(filters)]);
      const chosen = predicate(filters);
      const fixed: Device[] = [];
      const moving: Device[] = [];
      for (const device of devices) {
        if (!chosen(device)) continue;
        if (moves(device)) moving.push(device);
        else if (!place || (device.geometry && place(representative(device.geometry)))) fixed.push(device);
      }
      return { fixed, moving, place };
    },
  };
}
