import type { NewDevice } from '../../model/device.ts';
import type { Position } from '../../model/geometry.ts';
import { drawOf } from '../draws.ts';
import type { Script } from '../script.ts';
import type { LocalWeather } from '../weather.ts';

/** What a device finds where it is put up. */
export interface Site {
  /** The device's own seed. */
  readonly seed: number;
  /** The city's, for what its devices have in common: a river's flood, a power cut. */
  readonly city: number;
  /** The weather over the device. */
  readonly weather: LocalWeather;
}

/** A device before it has an id: which place it stands for, and what it does there. */
export interface Role {
  readonly place: string;
  readonly name: string;
  readonly at: Pick<NewDevice, 'position' | 'geometry' | 'tags'>;
  /** Whose weather a device without a place of its own has. */
  readonly around?: Position;
  script(site: Site): Script;
}

/** A kind's devices: one role for each place the city's rows know, in the order they are filled. */
export interface FleetKind {
  readonly domain: string;
  readonly kind: string;
  /** Share of the fleet: how many of 600 devices. */
  readonly share: number;
  readonly roles: readonly Role[];
}

/** A place's own share of what the city does: 0.75 to 1.15. */
export const weightOf = (seed: number): number => 0.75 + 0.4 * drawOf(seed, 'weight');
