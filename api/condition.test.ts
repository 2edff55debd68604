import { describe, expect, it } from 'vitest';
import { conditionOf, newestOf } from './condition.ts';

const intervalOf = (metric: string) => (metric === 'hourly' ? 3_600 : 60);
const heard = (metric: string, received: number) => ({ metric, received });

describe('the condition of a device', () => {
  it.each<
    [what: string, heard: ReturnType<typeof heard>[], online: boolean | undefined, expected: string, now?: number]
  >([
    ['new without an observation, connected or not', [], true, 'new'],
    ['live up to three intervals after the last', [heard('minutely', 0)], undefined, 'live', 180_000],
    ['silent after that', [heard('minutely', 0)], undefined, 'silent', 180_001],
    ['silent while it is connected and says nothing', [heard('minutely', 0)], true, 'silent', 180_001],
    ['offline where it is not connected either', [heard('minutely', 0)], false, 'offline', 180_001],
    [
      'live while any of its metrics is due later',
      [heard('minutely', 0), heard('hourly', 0)],
      false,
      'live',
      3_600_000,
    ],
  ])('is %s', (_, observations, online, expected, now = 0) => {
    expect(conditionOf(observations, intervalOf, online === undefined ? undefined : { online }, now)).toBe(expected);
  });

  it('goes with the newest phenomenon time, wherever it stands', () => {
    expect(newestOf([{ time: 2 }, { time: 5 }, { time: -1 }])).toBe(5);
    expect(newestOf([])).toBeUndefined();
  });
});
