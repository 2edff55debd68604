import type { Catalogue } from '../../model/catalogue.ts';
import type { Device } from '../../model/device.ts';
import type { Metric } from '../../model/metric.ts';
import { batches, mapInTurns, yieldToOthers } from '../../storage/batches.ts';
import type { GroupMember, Mover, Movers, Place } from '../../storage/telemetry/port.ts';
import type { Selection } from '../selection.ts';
import { type Service, serviceOf } from './due.ts';
import { centreOf, type Grouping, groupOf } from './grouping.ts';
import { poolOf, type Services } from './roaming.ts';

/** What to ask the store so that the devices of a selection come into groups. */
export interface Plan {
  /** Devices all of whose observations belong to a group. */
  readonly members: readonly GroupMember[];
  /** Devices whose observations are judged by where they were made. */
  readonly movers: readonly Mover[];
  /** When the devices of each group are expected to report. */
  readonly services: Services;
  /** The same of each pool of movers. */
  readonly moving: Services;
}

/**
 * Devices of a domain that reports the metric count; of these, the ones of a kind that names it are expected to report
 * while they are in service. Moving devices are members too, unless their places decide.
 */
export async function planOf(
  metric: Metric,
  selection: Selection,
  grouping: Grouping,
  catalogue: Catalogue,
): Promise<Plan> {
  const dueKinds = new Map(
    catalogue.domains
      .filter(({ id }) => catalogue.metricsOf(id).includes(metric.id))
      .map(({ id, kinds }) => [
        id,
        new Set(kinds.filter((kind) => kind.metrics.includes(metric.id)).map(({ id }) => id)),
      ]),
  );
  const reports = ({ domain }: Device) => dueKinds.has(domain);
  const due = ({ domain, kind }: Device) => dueKinds.get(domain)?.has(kind) ?? false;
  const [fixed, moving] = [selection.fixed.filter(reports), selection.moving.filter(reports)];
  const placed = grouping.by === 'place' || selection.place !== undefined;

  const members: GroupMember[] = [];
  const services = new Map<string, Service[]>();
  const pools = new Map<string, Service[]>();
  function serve(device: Device, group: string, among: Map<string, Service[]>): void {
    if (!due(device)) return;
    const interval = catalogue.kind(device.domain, device.kind)?.interval;
    const service = interval === undefined ? serviceOf(device) : { ...serviceOf(device), interval };
    const known = among.get(group);
    if (known) known.push(service);
    else among.set(group, [service]);
  }
  function take(device: Device): void {
    const group = groupOf(device, grouping);
    if (group === undefined) return;
    members.push({ device: device.id, group });
    serve(device, group, services);
  }
  await mapInTurns(placed ? fixed : [...fixed, ...moving], take);
  const movers: Mover[] = [];
  await mapInTurns(placed ? moving : [], (device) => {
    const mover = moverOf(device, grouping);
    if (!mover) return;
    movers.push(mover);
    serve(device, poolOf(mover.group), pools);
  });
  return { members, movers, services, moving: pools };
}

/** Undefined for a device that comes into no group, wherever it is. */
function moverOf(device: Device, grouping: Grouping): Mover | undefined {
  if (grouping.by === 'place') return { device: device.id };
  const group = grouping.groupOf(device);
  return group === undefined ? undefined : { device: device.id, group };
}

/** Cells looked at before the event loop turns. */
const AT_ONCE = 1_000;

/** Movers within those of the cells that lie in the asked place and in a group; undefined where there are none. */
export async function moversIn(
  cells: readonly string[],
  movers: readonly Mover[],
  { place }: Selection,
  grouping: Grouping,
): Promise<Movers | undefined> {
  const places: Place[] = [];
  for (const some of batches(cells, AT_ONCE)) {
    for (const cell of some) {
      if (place && !place(centreOf(cell))) continue;
      // By what the registry says every mover has its own group, and the cells need none.
      const group = grouping.by === 'place' ? grouping.groupIn(cell) : '';
      if (group !== undefined) places.push({ cell, group });
    }
    await yieldToOthers();
  }
  return movers.length === 0 || places.length === 0 ? undefined : { devices: movers, places };
}

/** Groups that movers come into. */
export function groupsOf({ devices, places }: Movers): ReadonlySet<string> {
  const own = devices.map(({ group }) => group);
  const here = own.includes(undefined) ? places.map(({ group }) => group) : [];
  return new Set([...own.filter((group) => group !== undefined), ...here]);
}
