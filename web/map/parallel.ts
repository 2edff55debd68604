import type { Position } from '../../model/geometry.ts';

/** A line and its id. */
export interface Course {
  readonly id: string;
  readonly coordinates: readonly Position[];
}

const corner = ([lon, lat]: Position): string => `${lon.toFixed(5)},${lat.toFixed(5)}`;

/**
 * How far each line is drawn beside its course, in line widths, positive to its right: lines between the same two
 * ends would cover each other, so they are spread evenly. Zero for a line that has its ends to itself.
 */
export function offsetsOf(courses: readonly Course[]): ReadonlyMap<string, number> {
  const bundles = new Map<string, { readonly id: string; readonly forwards: boolean }[]>();
  for (const { id, coordinates } of courses) {
    const [first, last] = [coordinates[0], coordinates.at(-1)];
    if (first === undefined || last === undefined) continue;
    const [a, b] = [corner(first), corner(last)];
    const name = a < b ? `${a} ${b}` : `${b} ${a}`;
    const bundle = bundles.get(name) ?? [];
    bundle.push({ id, forwards: a < b });
    bundles.set(name, bundle);
  }
  const offsets = new Map<string, number>();
  for (const bundle of bundles.values())
    for (const [place, { id, forwards }] of bundle.entries()) {
      const side = place - (bundle.length - 1) / 2;
      // A line that runs the other way has its right on the other side.
      offsets.set(id, forwards || side === 0 ? side : -side);
    }
  return offsets;
}
