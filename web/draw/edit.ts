import type { Position } from '../../model/geometry.ts';
import { CORNERS_AT_MOST, destination, distance, RADIUS_AT_MOST, rounded, type Within } from '../../model/within.ts';

/** Something on the map by which a drawn area is changed. */
export interface Handle {
  /** Stays the same while the area has as many corners. */
  readonly id: string;
  /** A corner, the middle of a side that becomes one, the centre of a circle, or its edge. */
  readonly kind: 'corner' | 'side' | 'centre' | 'edge';
  /** Which corner, from 0; the side is the one behind it. */
  readonly index: number;
  readonly at: Position;
}

const EAST = Math.PI / 2;

const middleOf = ([lonA, latA]: Position, [lonB, latB]: Position): Position => [(lonA + lonB) / 2, (latA + latB) / 2];

/** Everything a drawn area can be taken by. */
export function handlesOf(within: Within): readonly Handle[] {
  if (within.kind === 'circle')
    return [
      { id: 'centre', kind: 'centre', index: 0, at: within.centre },
      { id: 'edge', kind: 'edge', index: 0, at: destination(within.centre, within.radius, EAST) },
    ];
  const { corners } = within;
  const set = corners.map((at, index): Handle => ({ id: `corner-${index}`, kind: 'corner', index, at }));
  if (corners.length === CORNERS_AT_MOST) return set;
  const sides = corners.map((at, index): Handle => {
    const next = corners[(index + 1) % corners.length] ?? at;
    return { id: `side-${index}`, kind: 'side', index, at: middleOf(at, next) };
  });
  return [...set, ...sides];
}

/** The area after a handle was taken somewhere; it may then be none, see `faultOf`. */
export function movedBy(within: Within, { kind, index }: Handle, to: Position): Within {
  if (within.kind === 'circle') {
    if (kind === 'centre') return { ...within, centre: rounded(to) };
    const radius = Math.round(distance(within.centre, to));
    return { ...within, radius: Math.min(RADIUS_AT_MOST, Math.max(1, radius)) };
  }
  const { corners } = within;
  const at = rounded(to);
  if (kind === 'side')
    return { kind: 'polygon', corners: [...corners.slice(0, index + 1), at, ...corners.slice(index + 1)] };
  return { kind: 'polygon', corners: corners.map((corner, i) => (i === index ? at : corner)) };
}

/** The area without a corner; undefined where it has too few, or the handle is none. */
export function withoutCorner(within: Within, { kind, index }: Handle): Within | undefined {
  if (within.kind !== 'polygon' || kind !== 'corner' || within.corners.length <= 3) return undefined;
  return { kind: 'polygon', corners: within.corners.filter((_, i) => i !== index) };
}
