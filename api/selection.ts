import type { Catalogue } from '../model/catalogue.ts';
import type { Device, DeviceCondition } from '../model/device.ts';
import { fold } from '../model/fold.ts';
import { type BBox, within as inBox, type Position, representative } from '../model/geometry.ts';
import type { Observation } from '../model/observation.ts';
import { CodedError } from '../model/problem.ts';
import { containedIn, type Within } from '../model/within.ts';
import { batches, yieldToOthers } from '../storage/batches.ts';
import type { LiveState } from '../storage/bus/port.ts';
import type { Areas } from './areas.ts';
import type { Conditions } from './condition.ts';
import type { Directory } from './directory.ts';
import type { SimulatedFilter } from './query.ts';

/** Filters that choose devices; all must hold. */
export interface DeviceFilters {
  readonly device?: readonly string[] | undefined;
  readonly domain?: string | undefined;
  readonly kind?: string | undefined;
  readonly provider?: string | undefined;
  /** All must hold. */
  readonly tag?: readonly (readonly [name: string, value: string])[] | undefined;
  readonly state?: Device['state'] | undefined;
  readonly search?: string | undefined;
  readonly simulated?: SimulatedFilter | undefined;
  readonly bbox?: BBox | undefined;
  readonly area?: string | undefined;
  readonly within?: Within | undefined;
  /** Any of them may hold. */
  readonly condition?: readonly DeviceCondition[] | undefined;
  /** ms: the newest observation by phenomenon time is at most that old. */
  readonly fresh_within?: number | undefined;
}

/** A place filter: whether a position lies in the asked box, area and drawn area. */
export type Place = (position: Position) => boolean;

/** Devices that stand where the place filter says, and those that move: where they were, their observations tell. */
export interface Selection {
  readonly fixed: readonly Device[];
  readonly moving: readonly Device[];
  /** Undefined where no place was asked for. */
  readonly place: Place | undefined;
}

/** Filters made ready to judge one device after another. */
export interface Judge {
  /**
   * Whether all but the place filter hold for a device as it does right now; `told` is an observation of it that the
   * live state need not know yet.
   */
  chooses(device: Device, told?: Observation): boolean;
  /** Undefined where no place was asked for. */
  readonly place: Place | undefined;
}

/** The one place that turns filters into devices. */
export interface Selector {
  /** Every list is ordered by id. Throws CodedError `invalid-request` for an area or domain that is not there. */
  select(filters: DeviceFilters): Promise<Selection>;
  /** Throws as `select` does. */
  judge(filters: DeviceFilters): Promise<Judge>;
  moves(device: Device): boolean;
}

/** Devices looked at before the event loop turns. */
const IN_A_TURN = 1_000;

type Test = (device: Device, told: Observation | undefined) => boolean;

/** What the registry says of a device, its place apart. */
function registered(filters: DeviceFilters): readonly Test[] {
  const { domain, kind, provider, tag, state, search, simulated } = filters;
  const ids = filters.device && new Set(filters.device);
  const needle = search === undefined || search === '' ? undefined : fold(search);
  const tests: Test[] = [];
  if (ids) tests.push((device) => ids.has(device.id));
  if (domain !== undefined) tests.push((device) => device.domain === domain);
  if (kind !== undefined) tests.push((device) => device.kind === kind);
  if (provider !== undefined) tests.push((device) => device.provider === provider);
  for (const [name, value] of tag ?? []) tests.push((device) => device.tags[name] === value);
  if (state) tests.push((device) => device.state === state);
  if (simulated === 'exclude') tests.push((device) => !device.simulated);
  if (simulated === 'only') tests.push((device) => device.simulated);
  if (needle !== undefined) tests.push((device) => fold(`${device.id} ${device.name}`).includes(needle));
  return tests;
}

export function createSelector(deps: {
  readonly catalogue: Catalogue;
  readonly directory: Directory;
  readonly areas: Areas;
  readonly live: Pick<LiveState, 'latest'>;
  readonly conditions: Conditions;
  readonly now: () => number;
}): Selector {
  const { catalogue, directory, areas, live, conditions, now } = deps;
  const moves = (device: Device) =>
    device.geometry === null || catalogue.kind(device.domain, device.kind)?.geometry === 'moving';

  async function placeOf({ bbox, area, within }: DeviceFilters): Promise<Place | undefined> {
    const contains = area === undefined ? undefined : await areas.contains(area);
    if (area !== undefined && !contains) throw new CodedError('invalid-request', `area: there is no area ${area}`);
    const tests: readonly (Place | undefined)[] = [
      bbox && ((position) => inBox(bbox, position)),
      contains,
      within && containedIn(within),
    ];
    const asked = tests.filter((test) => test !== undefined);
    return asked.length === 0 ? undefined : (position) => asked.every((test) => test(position));
  }

  /** How a device does right now; nothing is looked up where nothing of it was asked. */
  function standing(filters: DeviceFilters): readonly Test[] {
    const { fresh_within: age } = filters;
    const wanted = filters.condition && new Set(filters.condition);
    if (!wanted && age === undefined) return [];
    return [
      (device, told) => {
        const { condition, newest } = conditions.of(device, told && [...live.latest(device.id), told]);
        const fresh = age === undefined || (newest !== undefined && now() - newest <= age);
        return fresh && (!wanted || wanted.has(condition));
      },
    ];
  }

  async function judge(filters: DeviceFilters): Promise<Judge> {
    if (filters.domain !== undefined && !catalogue.domain(filters.domain))
      throw new CodedError('invalid-request', `domain: there is no domain ${filters.domain}`);
    const tests = [...registered(filters), ...standing(filters)];
    return { chooses: (device, told) => tests.every((test) => test(device, told)), place: await placeOf(filters) };
  }

  return {
    moves,
    judge,
    async select(filters) {
      const [{ chooses, place }, { devices }] = await Promise.all([judge(filters), directory.roll()]);
      const fixed: Device[] = [];
      const moving: Device[] = [];
      for (const some of batches(devices, IN_A_TURN)) {
        for (const device of some) {
          if (!chooses(device)) continue;
          if (moves(device)) moving.push(device);
          else if (!place || (device.geometry && place(representative(device.geometry)))) fixed.push(device);
        }
        if (devices.length > IN_A_TURN) await yieldToOthers();
      }
      return { fixed, moving, place };
    },
  };
}
