import { describe, expect, it } from 'vitest';
import { catalogue } from '../model/catalogue.ts';
import { MISSED_INTERVALS } from '../model/condition.ts';
import { createConditions } from './condition.ts';

const HOUR = 3_600_000;
const HEARD = 1_764_000_000_000;
const spot = { id: 'eui-0000000000000001', domain: 'traffic', kind: 'bosch-parking-lot' };
const carPark = { ...spot, id: 'car-park-1', kind: catalogue.kind('traffic', 'bosch-parking-lot')?.like ?? '' };

/** How a device does `after` ms behind its only observation. */
function conditionOf(device: typeof spot, after: number) {
  const conditions = createConditions({
    catalogue,
    live: { latest: () => [] },
    presence: { get: () => undefined },
    now: () => HEARD + after,
  });
  const heard = {
    metric: 'parking_free',
    time: HEARD,
    received: HEARD,
    value: 1,
    quality: 'valid',
    flags: [],
  } as const;
  return conditions.of(device, [{ ...heard, device: device.id }]);
}

describe('a device that reports on change and else once a day', () => {
  it('is live until its third heartbeat did not come, while others of its metric are silent long before', () => {
    const interval = catalogue.intervalOf(spot, 'parking_free') ?? 0;
    const awaited = MISSED_INTERVALS * interval * 1_000;
    expect(awaited).toBe(72 * HOUR);
    expect(conditionOf(spot, HOUR).condition).toBe('live');
    expect(conditionOf(spot, awaited).condition).toBe('live');
    expect(conditionOf(spot, awaited + 1)).toMatchObject({
      condition: 'silent',
      since: HEARD + awaited,
      reason: { code: 'awaited', metric: 'parking_free', awaited: awaited / 1_000 },
    });
    expect(conditionOf(carPark, HOUR).condition).toBe('silent');
  });

  it('knows no interval of a metric that is not there', () => {
    expect(catalogue.intervalOf(spot, 'mood')).toBeUndefined();
    expect(catalogue.intervalOf({ domain: 'traffic', kind: 'no-such' }, 'parking_free')).toBe(
      catalogue.metric('parking_free')?.interval,
    );
  });
});
