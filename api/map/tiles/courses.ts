import type { Position } from '../../../model/geometry.ts';

const RADIANS = Math.PI / 180;

/** The direction from one position to another, in whole degrees clockwise from north. Over a city the earth is flat. */
export function bearing([lonA, latA]: Position, [lonB, latB]: Position): number {
  const east = (lonB - lonA) * Math.cos(((latA + latB) / 2) * RADIANS);
  const degrees = Math.round(Math.atan2(east, latB - latA) / RADIANS);
  return (degrees + 360) % 360;
}

/** Where things that move were before: no observation says where they are heading. */
export interface Courses {
  /** Takes note of a position and answers the heading, undefined until it was seen at a second one. */
  heading(device: string, position: Position): number | undefined;
}

interface Course {
  readonly at: Position;
  readonly heading: number | undefined;
}

/** Remembers as many as the registry has devices that move. */
export function createCourses(): Courses {
  const courses = new Map<string, Course>();
  return {
    heading(device, position) {
      const before = courses.get(device);
      if (before && before.at[0] === position[0] && before.at[1] === position[1]) return before.heading;
      const heading = before && bearing(before.at, position);
      courses.set(device, { at: position, heading });
      return heading;
    },
  };
}
