import type { Position } from '../../model/geometry.ts';

/** What is known of something that moves between its last two reports. Times in ms since the epoch, by our clock. */
export interface Track {
  readonly from: Position;
  /** Where it last said it was. */
  readonly to: Position;
  /** Phenomenon time of that report. */
  readonly reported: number;
  /** When the way from one to the other is shown; equal where it stands. */
  readonly start: number;
  readonly end: number;
  /** Degrees clockwise from north, null until it has moved. */
  readonly heading: number | null;
}

/** Two reports further apart say too little of the way between them. */
const LONGEST_MS = 90_000;
/** Faster than any bus: the position has been corrected, or came from elsewhere. */
const FASTEST = 60;
/** Closer than this, in metres, it stands: positions waver. */
const STANDING = 3;
const METRES = 111_320;

const scaleAt = ([, lat]: Position): number => Math.cos((lat * Math.PI) / 180);

/** Metres between two positions of one city, on a plane. */
export function metres(a: Position, b: Position): number {
  return Math.hypot((b[0] - a[0]) * scaleAt(a), b[1] - a[1]) * METRES;
}

/** Degrees clockwise from north in which `b` lies from `a`. */
export function bearing(a: Position, b: Position): number {
  const degrees = (Math.atan2((b[0] - a[0]) * scaleAt(a), b[1] - a[1]) * 180) / Math.PI;
  return (degrees + 360) % 360;
}

/** Something seen for the first time: it stands where it says. */
export const standing = (at: Position, reported: number, now: number): Track => ({
  from: at,
  to: at,
  reported,
  start: now,
  end: now,
  heading: null,
});

/**
 * The track after a report at `now`: from where it is shown to where it says it is, in the time that lay between the
 * two reports. What is shown is thus one interval behind and never ahead of what was said. It jumps where `still`
 * is asked for, or the reports are too far apart in time or place.
 */
export function moved(
  track: Track,
  to: Position,
  { reported, now, still }: { readonly reported: number; readonly now: number; readonly still: boolean },
): Track {
  const way = metres(track.to, to);
  const took = reported - track.reported;
  const heading = way < STANDING ? track.heading : bearing(track.to, to);
  const jumps = still || took <= 0 || took > LONGEST_MS || way / (took / 1_000) > FASTEST;
  if (jumps) return { ...standing(to, reported, now), heading };
  return { from: positionAt(track, now), to, reported, start: now, end: now + took, heading };
}

/** Where it is shown at `now`. */
export function positionAt({ from, to, start, end }: Track, now: number): Position {
  if (now >= end) return to;
  const done = Math.max(0, (now - start) / (end - start));
  return [from[0] + (to[0] - from[0]) * done, from[1] + (to[1] - from[1]) * done];
}

/** Metres a second at which it is shown to move at `now`. */
export function speedAt({ from, to, start, end }: Track, now: number): number {
  return now >= end ? 0 : metres(from, to) / ((end - start) / 1_000);
}
