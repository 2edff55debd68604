import type { Position } from '../../model/geometry.ts';

/** How far a mark is drawn from where it stands, in pixels of its own size; y downwards. */
export type Shift = readonly [x: number, y: number];

const STILL: Shift = [0, 0];
/** Marks next to each other on a ring, and how far apart. */
const [FIRST_RING, APART] = [6, 15];

/** The k-th of n marks that stand on one spot: side by side for two, around the spot for more. */
function shiftOf(k: number, n: number): Shift {
  if (n === 1) return STILL;
  const ring = Math.floor(k / FIRST_RING);
  const around = Math.min(FIRST_RING, n - ring * FIRST_RING);
  const radius = (around === 2 && n === 2 ? APART / 2 : APART) * (ring + 1);
  // Half a step on, so that the next ring fills the gaps of the one within.
  const angle = ((k % FIRST_RING) / around + ring / (2 * FIRST_RING)) * 2 * Math.PI;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** Shifts by id for marks that would cover each other: a hospital and its fridges, the racks of one room. */
export function shiftsOf(
  points: readonly { readonly id: string; readonly at: Position }[],
): ReadonlyMap<string, Shift> {
  const spots = new Map<string, string[]>();
  for (const { id, at } of points) {
    const spot = `${at[0].toFixed(5)},${at[1].toFixed(5)}`;
    const ids = spots.get(spot);
    if (ids) ids.push(id);
    else spots.set(spot, [id]);
  }
  const shifts = new Map<string, Shift>();
  for (const ids of spots.values())
    for (const [k, id] of [...ids].sort().entries()) shifts.set(id, shiftOf(k, ids.length));
  return shifts;
}
