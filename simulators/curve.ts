/** How a level goes over a circle, the day unless told otherwise. */
export interface Curve {
  at(hour: number): number;
}

/**
 * Reads "hour:level" pairs, hours rising from 0 up to `round`; linear between them, and after the last comes the first.
 */
export function curve(rows: string, round = 24): Curve {
  const points = rows.split(' ').map((row) => {
    const [hour = Number.NaN, level = Number.NaN] = row.split(':').map(Number);
    return [hour, level] as const;
  });
  return {
    at(hour) {
      const next = points.findIndex(([from]) => from > hour);
      const after = points[next === -1 ? 0 : next] ?? [0, 0];
      const before = points.at(next === -1 ? -1 : next - 1) ?? [0, 0];
      const span = (after[0] - before[0] + round) % round || round;
      return before[1] + ((after[1] - before[1]) * ((hour - before[0] + round) % round)) / span;
    },
  };
}
