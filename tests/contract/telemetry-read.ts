import { describe, expect, it } from 'vitest';
import type { Observation } from '../../model/observation.ts';
import type { Identity, RangeQuery, TelemetryStore } from '../../storage/telemetry/port.ts';
import { inOrder } from '../helpers/naive-telemetry.ts';
import { type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import { batches, DAY, HOUR, MINUTE, MONDAY, observation } from '../helpers/telemetry-samples.ts';

const sameTimes = Array.from({ length: 120 }, (_, i) =>
  observation({
    device: ['bus-1', 'bus-10', 'bus-2'][i % 3] ?? '',
    metric: i % 2 === 0 ? 'bus_delay' : 'mean_speed',
    time: MONDAY + Math.floor(i / 12) * 1_000 + (i % 12 < 6 ? 0 : 1),
    value: i,
  }),
);

async function pages(store: TelemetryStore, query: Omit<RangeQuery, 'after'>): Promise<Observation[]> {
  const rows: Observation[] = [];
  let after: Identity | undefined;
  for (;;) {
    const page = await store.range({ ...query, after });
    expect(page.length).toBeLessThanOrEqual(query.limit);
    rows.push(...page);
    const last = page.at(-1);
    if (page.length < query.limit || !last) return rows;
    after = { device: last.device, metric: last.metric, time: last.time };
  }
}

/** Raw observations page by page, the newest of devices, and retention. */
export function readContract(fresh: FreshLab): void {
  describe('range and retention', () => {
    it('pages through raw observations in order of time, device and metric, without a gap or a repeat', () =>
      inLab(fresh, async (store) => {
        await store.put(batches()({ fresh: sameTimes }));
        const expected = [...sameTimes].sort(inOrder);
        for (const limit of [1, 7, 12, 120, 121]) {
          expect(await pages(store, { from: MONDAY, to: MONDAY + DAY, limit })).toEqual(expected);
        }
      }));

    it('tells only the devices and metrics asked for, from inclusive, to exclusive', () =>
      inLab(fresh, async (store) => {
        await store.put(batches()({ fresh: sameTimes }));
        const [from, to] = [MONDAY + 1_000, MONDAY + 3_001];
        const expected = [...sameTimes].sort(inOrder).filter((o) => o.time >= from && o.time < to);
        const of = (wanted: Partial<RangeQuery>) => pages(store, { from, to, limit: 5, ...wanted });
        expect(await of({})).toEqual(expected);
        expect(await of({ devices: ['bus-10'] })).toEqual(expected.filter((o) => o.device === 'bus-10'));
        expect(await of({ metrics: ['mean_speed'] })).toEqual(expected.filter((o) => o.metric === 'mean_speed'));
        expect(await of({ devices: ['bus-1', 'bus-2', 'no-such'], metrics: ['bus_delay'] })).toEqual(
          expected.filter((o) => o.device !== 'bus-10' && o.metric === 'bus_delay'),
        );
        expect(await of({ devices: [] })).toEqual([]);
        expect(await of({ metrics: ['no_such'] })).toEqual([]);
      }));

    it('goes on behind an identity that is not there', () =>
      inLab(fresh, async (store) => {
        await store.put(batches()({ fresh: [1, 2, 3].map((i) => observation({ time: MONDAY + i, value: i })) }));
        const after = { device: 'zzz', metric: 'zzz', time: MONDAY + 1 };
        const rows = await store.range({ from: MONDAY, to: MONDAY + DAY, after, limit: 10 });
        expect(rows.map((o) => o.value)).toEqual([2, 3]);
      }));

    it('tells the latest of the devices asked for', () =>
      inLab(fresh, async (store) => {
        await store.put(batches()({ fresh: sameTimes }));
        const two = await store.latest(['bus-2', 'bus-10', 'no-such']);
        expect(new Set(two.map((o) => o.device))).toEqual(new Set(['bus-2', 'bus-10']));
        expect(two).toHaveLength(4);
        expect(await store.latest([])).toEqual([]);
        expect(await store.latest()).toHaveLength(6);
      }));

    it('deletes raw observations and hours that are old enough, and keeps the latest of every series', () =>
      inLab(fresh, async (store, reopen) => {
        const next = batches();
        const hourly = Array.from({ length: 72 }, (_, i) =>
          observation({ time: MONDAY + i * HOUR + MINUTE, value: i }),
        );
        const silent = observation({ device: 'counter-9', time: MONDAY, value: 9 });
        await store.put(next({ fresh: [silent, ...hourly] }));
        const old = { device: 'counter-1', metric: 'vehicle_count', time: MONDAY + MINUTE };
        await store.put(next({ corrections: [{ observation: observation({ ...old, value: 100 }), superseded: 0 }] }));
        const expired = await store.expire(MONDAY + 2 * DAY, MONDAY + DAY);
        expect(expired).toEqual({ observations: 49, hours: 25 });
        expect(await store.expire(MONDAY + 2 * DAY, MONDAY + DAY)).toEqual({ observations: 0, hours: 0 });
        const again = await reopen();
        const left = await again.range({ from: 0, to: MONDAY * 2, limit: 1_000 });
        expect(left).toEqual(hourly.slice(48));
        const hours = await again.hours(['counter-1', 'counter-9'], 'vehicle_count', 0, MONDAY * 2);
        expect(hours.map((row) => row.start)).toEqual(Array.from({ length: 48 }, (_, i) => MONDAY + DAY + i * HOUR));
        expect([...(await again.latest())].sort(inOrder)).toEqual([silent, ...hourly.slice(-1)]);
        expect(await again.heads()).toHaveLength(2);
        expect(await again.held([old])).toEqual([]);
        expect(await again.superseded(old)).toEqual([]);
        await again.put(next({ fresh: [observation({ time: MONDAY + 4 * DAY, value: 1 })] }));
        expect((await again.latest(['counter-1'])).map((o) => o.time)).toEqual([MONDAY + 4 * DAY]);
      }));

    it('deletes raw by whole hours, so that no hour is ever computed anew from a part of it', () =>
      inLab(fresh, async (store) => {
        const next = batches();
        const given = [0, 10, 50, 70].map((minute) => observation({ time: MONDAY + minute * MINUTE, value: minute }));
        await store.put(next({ fresh: given }));
        expect(await store.expire(MONDAY + 30 * MINUTE, 0)).toEqual({ observations: 0, hours: 0 });
        const observed = observation({ time: MONDAY + 50 * MINUTE, value: 500 });
        await store.put(next({ corrections: [{ observation: observed, superseded: 50 }] }));
        const [first] = await store.hours(['counter-1'], 'vehicle_count', MONDAY, MONDAY + HOUR);
        expect(first).toMatchObject({ count: 3, sum: 510 });
        expect(await store.expire(MONDAY + HOUR + 30 * MINUTE, 0)).toEqual({ observations: 3, hours: 0 });
        expect(await store.hours(['counter-1'], 'vehicle_count', MONDAY, MONDAY + HOUR)).toEqual([first]);
      }));

    it('lets a put through before retention ends', () =>
      inLab(fresh, async (store) => {
        const next = batches();
        const hourly = Array.from({ length: 96 }, (_, i) => observation({ time: MONDAY + i * HOUR, value: i }));
        await store.put(next({ fresh: hourly }));
        const order: string[] = [];
        const expiring = store.expire(MONDAY + 3 * DAY, MONDAY + 2 * DAY).then((expired) => {
          order.push('expired');
          return expired;
        });
        const newest = observation({ time: MONDAY + 4 * DAY, value: 1 });
        const putting = store.put(next({ fresh: [newest] })).then(() => order.push('put'));
        await putting;
        expect(await expiring).toEqual({ observations: 72, hours: 48 });
        expect(order).toEqual(['put', 'expired']);
        expect(await store.range({ from: 0, to: MONDAY * 2, limit: 1_000 })).toEqual([...hourly.slice(72), newest]);
      }));
  });
}
