/** How far up the sheet of a phone comes, from the lowest. */
export const STOPS = ['peek', 'half', 'full'] as const;
export type Stop = (typeof STOPS)[number];

/** Pixels of the folded sheet: its handle and the head of the first card. */
const PEEK = 76;
/** What stays free of the map above the sheet when it is full. */
const FREE = 12;

/** Pixels of a stop where the map is so many pixels high. */
export function stopHeight(stop: Stop, room: number): number {
  if (stop === 'peek') return PEEK;
  return stop === 'half' ? Math.max(PEEK, Math.round(room * 0.52)) : Math.max(PEEK, room - FREE);
}

/** The next stop up (1) or down (-1); the last one stays. */
export function nextStop(stop: Stop, by: 1 | -1): Stop {
  return STOPS[STOPS.indexOf(stop) + by] ?? stop;
}

/** A pull of so many pixels is meant: the sheet goes that way though another stop is nearer. */
const MEANT = 40;

/** Where a sheet that was let go at this height after a pull of `by` pixels (up is positive) comes to rest. */
export function nearestStop(height: number, by: number, room: number): Stop {
  const ways = STOPS.filter((stop) => {
    const to = stopHeight(stop, room);
    return Math.abs(by) < MEANT || (by > 0 ? to >= height : to <= height);
  });
  const distance = (stop: Stop) => Math.abs(stopHeight(stop, room) - height);
  return ways.reduce<Stop>(
    (best, stop) => (distance(stop) < distance(best) ? stop : best),
    ways[0] ?? (by > 0 ? 'full' : 'peek'),
  );
}
