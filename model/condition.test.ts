import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Heard, judge } from './condition.ts';

const intervalOf = (metric: string) => ({ hourly: 3_600, minutely: 60 })[metric] ?? Number.POSITIVE_INFINITY;
const heard = (metric: string, at: number): Heard => ({ metric, at });
const iso = (ms: number) => new Date(ms).toISOString();
const online = { online: true, since: iso(7_000), reason: 'connected' };
const lost = { online: false, since: iso(9_000), reason: 'keepalive-timeout' };

describe('the condition of a device', () => {
  it.each([
    ['new without an observation, since it is connected', [], online, 0, 'new', 7_000],
    ['new since nobody knows where it never connected', [], undefined, 0, 'new', null],
    ['live up to three intervals after the last', [heard('minutely', 0)], undefined, 180_000, 'live', null],
    ['live since it is connected', [heard('minutely', 0)], online, 180_000, 'live', 7_000],
    ['silent from then on', [heard('minutely', 0)], undefined, 180_001, 'silent', 180_000],
    ['silent while it is connected and says nothing', [heard('minutely', 0)], online, 180_001, 'silent', 180_000],
    [
      'offline since the loss where it is not connected either',
      [heard('minutely', 0)],
      lost,
      180_001,
      'offline',
      9_000,
    ],
    [
      'live while any of its metrics is due later',
      [heard('minutely', 0), heard('hourly', 0)],
      lost,
      3_600_000,
      'live',
      null,
    ],
    ['live for good with a metric that has no interval', [heard('door', 0)], undefined, 1e12, 'live', null],
  ] as const)('is %s', (_, given, presence, now, condition, since) => {
    expect(judge(given, intervalOf, presence, now)).toMatchObject({ condition, since });
  });

  it('says which metric was awaited for how long, and why the connection went', () => {
    const given = [heard('minutely', 10_000_000), heard('hourly', 0)];
    expect(judge(given, intervalOf, lost, 20_000_000).reason).toEqual({
      code: 'disconnected',
      metric: 'hourly',
      awaited: 10_800,
      connection: 'keepalive-timeout',
    });
    expect(judge(given, intervalOf, undefined, 10_000_001).reason).toEqual({
      code: 'reporting',
      metric: 'minutely',
      awaited: null,
      connection: null,
    });
  });

  it('turns silent at the moment it says, and hears the order of nothing', () => {
    const some = fc.array(
      fc.record({ metric: fc.constantFrom('hourly', 'minutely'), at: fc.integer({ min: 0, max: 1e8 }) }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(some, (given) => {
        const { condition, since } = judge(given, intervalOf, undefined, 1e12);
        expect(condition).toBe('silent');
        expect(judge(given, intervalOf, undefined, since ?? 0).condition).toBe('live');
        expect(judge([...given].reverse(), intervalOf, undefined, (since ?? 0) + 1)).toMatchObject({
          condition: 'silent',
          since,
        });
      }),
    );
  });
});
