import type { Position } from '../../model/geometry.ts';
import type { Text } from '../../model/text.ts';

/** What a place is; in the order in which equals are told. */
export const PLACE_TYPES = ['sight', 'street', 'crossing', 'water', 'park', 'hospital', 'school'] as const;
export type PlaceType = (typeof PLACE_TYPES)[number];

/** A place of the city that can be gone to. */
export interface Place {
  /** `type:name`, as the address has it. */
  readonly id: string;
  readonly type: PlaceType;
  readonly name: Text;
  /** Where the map goes to: of a line a point on it. */
  readonly point: Position;
  /** How near one has to be to see it. */
  readonly zoom: number;
}
