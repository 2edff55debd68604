import type { AggregateRow } from '../../storage/telemetry/port.ts';

/** One group in one window, with how many observations were due from it. */
export interface Answer extends AggregateRow {
  readonly expected: number;
}

/** The share received of what was due, at most 1; 1 where nothing was due yet. */
export function completenessOf({ expected, count }: Pick<Answer, 'expected' | 'count'>): number {
  return expected === 0 ? 1 : Math.min(1, count / expected);
}

const keyOf = ({ group, start }: Answer): string => `${start} ${group}`;

/**
 * The upper figures divided by the lower ones of the same group and window, times `scale`; nothing where one is missing
 * or the lower is 0. What was received, expected and when is told of both together; other figures mean nothing.
 */
export function ratioOf(above: readonly Answer[], below: readonly Answer[], scale: number): readonly Answer[] {
  const lower = new Map(below.map((answer) => [keyOf(answer), answer]));
  return above.flatMap((a) => {
    const b = lower.get(keyOf(a));
    if (!b || b.value === 0) return [];
    return [
      {
        ...a,
        value: (a.value / b.value) * scale,
        count: a.count + b.count,
        devices: Math.max(a.devices, b.devices),
        expected: a.expected + b.expected,
        oldest: Math.min(a.oldest, b.oldest),
        newest: Math.max(a.newest, b.newest),
      },
    ];
  });
}
