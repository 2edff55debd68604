import type { Device, DeviceCondition } from '../../../model/device.ts';
import { type Position, representative } from '../../../model/geometry.ts';
import type { Level } from '../../../model/level.ts';
import { mapInTurns } from '../../../storage/batches.ts';
import type { DeviceFilters } from '../../selection.ts';
import type { ReadServices } from '../../services.ts';
import { lastSeen } from '../../whereabouts.ts';
import type { Courses } from './courses.ts';
import { figuresBy, type Reading } from './figure.ts';

/** What the map by view says of a device. */
export interface Fact {
  readonly device: Device;
  readonly condition: DeviceCondition;
  /** Null for one that was never seen anywhere. */
  readonly position: Position | null;
  readonly reading: Reading | undefined;
  /** Degrees clockwise from north; undefined where it stands, or nobody knows yet. */
  readonly heading: number | undefined;
}

/** Which devices, coloured by what, for whom. */
export interface FactsQuestion {
  /** Active devices unless it says otherwise. */
  readonly filters: DeviceFilters & { readonly domain: string };
  /** Undefined: the headline of each kind. */
  readonly metric: string | undefined;
  /** Only devices that report and stand at one of these levels. */
  readonly levels: readonly Level[] | undefined;
  /** Which metrics whoever asks may see. */
  readonly shows: (metric: string) => boolean;
}

export type FactsParts = Pick<ReadServices, 'catalogue' | 'conditions' | 'live' | 'selector'>;

/** What is known of the chosen devices right now. Rejects with CodedError `invalid-request` for a metric or area that is not there. */
export async function gatherFacts(
  { filters, metric, levels, shows }: FactsQuestion,
  { catalogue, conditions, live, selector }: FactsParts,
  courses: Courses,
): Promise<readonly Fact[]> {
  const figures = figuresBy(catalogue, metric, shows);
  const wanted = levels && new Set(levels);
  const { fixed, moving, place } = await selector.select({ ...filters, state: filters.state ?? 'active' });

  const factOf =
    (moves: boolean) =>
    (device: Device): Fact | undefined => {
      if (!figures.reports(device)) return undefined;
      const latest = live.latest(device.id);
      const seen = moves ? lastSeen(latest) : undefined;
      const position = seen ?? (device.geometry && representative(device.geometry));
      if (moves && place && !(position && place(position))) return undefined;
      const { condition } = conditions.of(device.id, latest);
      const reading = figures.read(device, latest);
      if (wanted && !(condition === 'live' && reading && reading.level !== null && wanted.has(reading.level)))
        return undefined;
      return { device, condition, position, reading, heading: seen && courses.heading(device.id, seen) };
    };
  const standing = await mapInTurns(fixed, factOf(false));
  const travelling = await mapInTurns(moving, factOf(true));
  return [...standing, ...travelling].filter((fact) => fact !== undefined);
}
