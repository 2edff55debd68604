import type { Device, DeviceCondition } from '../../../model/device.ts';
import { type Position, representative } from '../../../model/geometry.ts';
import type { Level } from '../../../model/level.ts';
import { mapInTurns } from '../../../storage/batches.ts';
import type { DeviceFilters } from '../../selection.ts';
import type { ReadServices } from '../../services.ts';
import { lastSeen } from '../../whereabouts.ts';
import type { Reach } from '../waiting.ts';
import type { Courses } from './courses.ts';
import { figuresBy, type Reading } from './figure.ts';

/** What the map by view says of a device. */
export interface Fact {
  readonly device: Device;
  readonly condition: DeviceCondition;
  /** Null for one that was never seen anywhere. */
  readonly position: Position | null;
  /** The metric that it is told by; undefined where its kind is not known. */
  readonly figure: string | undefined;
  readonly reading: Reading | undefined;
  /** Degrees clockwise from north; undefined where it stands, or nobody knows yet. */
  readonly heading: number | undefined;
  /** Phenomenon time of its newest observation of any metric, ms. */
  readonly newest: number | undefined;
  /** It reports, but what is told of it is older than three expected intervals. */
  readonly stale: boolean;
  /** It reports, and doubts its value or calls it invalid. */
  readonly doubtful: boolean;
  /** Messages of it wait in the quarantine, as far as whoever asks may know. */
  readonly quarantined: boolean;
  /** What it is told by is kept from whoever asks. */
  readonly hidden: boolean;
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
  /** Of whose devices whoever asks may know what waits in the quarantine. */
  readonly reach: Reach;
}

export type FactsParts = Pick<ReadServices, 'catalogue' | 'conditions' | 'live' | 'selector' | 'waiting' | 'now'>;

/** Whether a device that reports stands at one of the levels. */
export const standsAt = (levels: ReadonlySet<Level>, { condition, reading }: Pick<Fact, 'condition' | 'reading'>) =>
  condition === 'live' && reading !== undefined && reading.level !== null && levels.has(reading.level);

/** What is known of the chosen devices right now. Rejects with CodedError `invalid-request` for a metric or area that is not there. */
export async function gatherFacts(
  { filters, metric, levels, shows, reach }: FactsQuestion,
  { catalogue, conditions, live, selector, waiting, now }: FactsParts,
  courses: Courses,
): Promise<readonly Fact[]> {
  const figures = figuresBy(catalogue, metric, shows);
  const wanted = levels && new Set(levels);
  const [{ fixed, moving, place }, troubled] = await Promise.all([
    selector.select({ ...filters, state: filters.state ?? 'active' }),
    waiting.of(reach),
  ]);

  const factOf =
    (moves: boolean) =>
    (device: Device): Fact | undefined => {
      if (!figures.reports(device)) return undefined;
      const latest = live.latest(device.id);
      const seen = moves ? lastSeen(latest) : undefined;
      const position = seen ?? (device.geometry && representative(device.geometry));
      if (moves && place && !(position && place(position))) return undefined;
      const { condition, newest } = conditions.of(device, latest);
      const reading = figures.read(device, latest);
      if (wanted && !standsAt(wanted, { condition, reading })) return undefined;
      const present = condition === 'live' ? reading : undefined;
      return {
        ...{ device, condition, position, reading, newest, figure: figures.of(device) },
        heading: seen && courses.heading(device.id, seen),
        stale: present !== undefined && now() - present.at > figures.due(device),
        doubtful: present !== undefined && present.quality !== 'valid',
        quarantined: troubled.has(device.id),
        hidden: figures.hides(device),
      };
    };
  const standing = await mapInTurns(fixed, factOf(false));
  const travelling = await mapInTurns(moving, factOf(true));
  return [...standing, ...travelling].filter((fact) => fact !== undefined);
}
