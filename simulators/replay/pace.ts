/**
 * How many ms to wait at `clock` before sending a reading of `time` (both ms since the epoch), so that the file runs
 * `speed` times as fast as it happened, counted from its first reading. Without a speed, and for times before the first,
 * there is no wait.
 */
export function createPace(speed: number | undefined): (time: number, clock: number) => number {
  let start: { readonly time: number; readonly clock: number } | undefined;
  return (time, clock) => {
    if (speed === undefined) return 0;
    start ??= { time, clock };
    return Math.max(0, start.clock + (time - start.time) / speed - clock);
  };
}
