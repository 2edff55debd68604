import type { Position } from '../../model/geometry.ts';
import { bearing, metres, standing, type Track } from './motion.ts';

/** The way of something between two moments of the past, and how much of it is done, 0 to 1. */
export interface Way {
  readonly from: Position;
  readonly to: Position;
  readonly done: number;
}

/** The past that what moves is driven by, instead of the reports that come in. */
export interface Driver {
  /** The moment that is shown, ms since the epoch: it goes on while it plays. */
  moment(): number;
  playing(): boolean;
  /** Where a device goes at that moment; null where it stands, or nobody knows. */
  way(device: string): Way | null;
}

/** Closer than this, in metres, it stands: positions waver. */
const STANDING = 3;

/** Something as it is driven: where it is at the moment, and where it heads; `before` is where it headed last. */
export function driven(
  at: Position,
  way: Way | null,
  { reported, moment, before }: { readonly reported: number; readonly moment: number; readonly before: number | null },
): Track {
  if (way === null) return { ...standing(at, reported, moment), heading: before };
  const { from, to, done } = way;
  const here: Position = [from[0] + (to[0] - from[0]) * done, from[1] + (to[1] - from[1]) * done];
  const heading = metres(from, to) < STANDING ? before : bearing(from, to);
  return { ...standing(here, reported, moment), heading };
}
