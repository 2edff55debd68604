import { describe, expect, it } from 'vitest';
import type { Observation } from '../../model/observation.ts';
import type { Corrected, TelemetryStore } from '../../storage/telemetry/port.ts';
import { inOrder } from '../helpers/naive-telemetry.ts';
import { expectRows, type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import { at, batches, HOUR, MINUTE, MONDAY, observation } from '../helpers/telemetry-samples.ts';

const identity = { device: 'counter-1', metric: 'vehicle_count', time: MONDAY };
const correct = (superseded: number, given: Partial<Observation> & Pick<Observation, 'time' | 'value'>) => ({
  observation: observation(given),
  superseded,
});

/** A new value for an identity takes its place; what it replaced stays readable. */
export function correctionContract(fresh: FreshLab): void {
  describe('corrections', () => {
    it('replace the winner with all that belongs to it, and keep the superseded value', () =>
      inLab(fresh, async (store, reopen) => {
        const next = batches();
        await store.put(
          next({ fresh: [observation({ time: MONDAY, value: 1, flags: ['simulated'], ...at(105.8, 21) })] }),
        );
        const winner = observation({
          time: MONDAY,
          value: 2,
          quality: 'suspect',
          received: MONDAY + HOUR,
          flags: ['late'],
        });
        await store.put(next({ corrections: [{ observation: winner, superseded: 1 }] }));
        const check = async (opened: TelemetryStore) => {
          expect(await opened.range({ from: MONDAY, to: MONDAY + 1, limit: 10 })).toEqual([winner]);
          expect(await opened.latest()).toEqual([winner]);
          expect(await opened.superseded(identity)).toEqual([1]);
        };
        await check(store);
        await check(await reopen());
      }));

    it('are told oldest first, the winner last, whether they came in one batch or in many', () =>
      inLab(fresh, async (store, reopen) => {
        const next = batches();
        const quiet = observation({ device: 'counter-2', time: MONDAY, value: 1 });
        await store.put(
          next({
            fresh: [observation({ time: MONDAY, value: 1 }), quiet],
            corrections: [correct(1, { time: MONDAY, value: 2 }), correct(2, { time: MONDAY, value: -3 })],
          }),
        );
        await store.put(next({ corrections: [correct(-3, { time: MONDAY, value: 0.5 })] }));
        const again = await reopen();
        await again.put(next({ corrections: [correct(0.5, { time: MONDAY, value: 0 })] }));
        expect(await again.superseded(identity)).toEqual([1, 2, -3, 0.5]);
        const asked = [
          identity,
          { ...identity, time: MONDAY + 1 },
          { ...identity, device: 'counter-2' },
          { ...identity, metric: 'mean_speed' },
          { ...identity, device: 'unheard-of' },
        ];
        expect([...(await again.held(asked))].sort(inOrder)).toEqual([
          { ...identity, values: [1, 2, -3, 0.5, 0] },
          { ...identity, device: 'counter-2', values: [1] },
        ]);
        expect(await again.superseded({ ...identity, device: 'counter-2' })).toEqual([]);
        expect(await again.superseded({ ...identity, device: 'unheard-of' })).toEqual([]);
        expect(await again.held([])).toEqual([]);
      }));

    it('are told of a range page by page, each with what holds and what held before', () =>
      inLab(fresh, async (store) => {
        const next = batches();
        const devices = ['bus-1', 'bus-2', 'bus-10'];
        const all = devices.flatMap((device) =>
          ['bus_delay', 'mean_speed'].flatMap((metric) =>
            [0, 0, 1, 2].map((minute, i) => observation({ device, metric, time: MONDAY + minute * MINUTE, value: i })),
          ),
        );
        const first = all.filter(({ value }) => value !== 1);
        const second = all.filter(({ value }) => value === 1);
        await store.put(next({ fresh: first, corrections: second.map((o) => ({ observation: o, superseded: 0 })) }));
        const third = second.map((o) => ({ ...o, value: 7, quality: 'suspect' as const }));
        await store.put(next({ corrections: third.map((o) => ({ observation: o, superseded: 1 })) }));
        const expected = third.map((o) => ({ ...o, superseded: [0, 1] })).sort(inOrder);
        const asked = { from: MONDAY, to: MONDAY + HOUR };
        for (const limit of [1, 2, 5, 6, 7]) {
          const told: Corrected[] = [];
          for (let page: readonly Corrected[] = []; told.length === 0 || page.length === limit; ) {
            page = await store.corrected({ ...asked, limit, after: told.at(-1) });
            told.push(...page);
          }
          expect(told).toEqual(expected);
        }
        const some = await store.corrected({ ...asked, devices: ['bus-10'], metrics: ['bus_delay'], limit: 9 });
        expect(some).toEqual(expected.filter(({ device, metric }) => device === 'bus-10' && metric === 'bus_delay'));
        expect(await store.corrected({ ...asked, from: MONDAY + 1, limit: 9 })).toEqual([]);
        expect(await store.corrected({ ...asked, to: MONDAY, limit: 9 })).toEqual([]);
        expect(await store.corrected({ ...asked, devices: [], limit: 9 })).toEqual([]);
      }));

    it('of the newest observation change the latest, those of older ones do not', () =>
      inLab(fresh, async (store) => {
        const next = batches();
        const newest = observation({ time: MONDAY + MINUTE, value: 2 });
        await store.put(next({ fresh: [observation({ time: MONDAY, value: 1 }), newest] }));
        await store.put(next({ corrections: [correct(1, { time: MONDAY, value: 9, received: MONDAY + HOUR })] }));
        expect(await store.latest()).toEqual([newest]);
        const corrected = observation({ time: MONDAY + MINUTE, value: 3, received: MONDAY + HOUR });
        await store.put(next({ corrections: [{ observation: corrected, superseded: 2 }] }));
        expect(await store.latest()).toEqual([corrected]);
        expect(await store.heads()).toEqual([{ ...identity, time: MONDAY + MINUTE }]);
      }));

    it('and late observations bring their hours up to date, and no other hour', () =>
      inLab(fresh, async (store, reopen) => {
        const next = batches();
        const read = () => store.hours(['counter-1'], 'vehicle_count', MONDAY, MONDAY + 3 * HOUR);
        const row = { device: 'counter-1', metric: 'vehicle_count' };
        await store.put(
          next({
            fresh: [
              observation({ time: MONDAY, value: 10 }),
              observation({ time: MONDAY + 30 * MINUTE, value: 20 }),
              observation({ time: MONDAY + HOUR, value: 5 }),
              observation({ time: MONDAY + 2 * HOUR, value: 4 }),
            ],
          }),
        );
        const first = { ...row, start: MONDAY, count: 2, sum: 30, min: 10, max: 20, last: 20 };
        const rest = [1, 2].map((hour) => {
          const [time, value] = [MONDAY + hour * HOUR, 6 - hour];
          return {
            ...row,
            start: time,
            count: 1,
            sum: value,
            min: value,
            max: value,
            last: value,
            oldest: time,
            newest: time,
          };
        });
        expectRows(await read(), [{ ...first, oldest: MONDAY, newest: MONDAY + 30 * MINUTE }, ...rest]);
        await store.put(next({ fresh: [observation({ time: MONDAY + 45 * MINUTE, value: 1 })] }));
        await store.put(next({ corrections: [correct(20, { time: MONDAY + 30 * MINUTE, value: 2 })] }));
        const late = { ...row, start: MONDAY, count: 3, sum: 13, min: 1, max: 10, last: 1 };
        expectRows(await read(), [{ ...late, oldest: MONDAY, newest: MONDAY + 45 * MINUTE }, ...rest]);
        await store.put(
          next({
            corrections: [
              correct(1, { time: MONDAY + 45 * MINUTE, value: 1.5, quality: 'invalid' }),
              correct(10, { time: MONDAY, value: 11, quality: 'invalid' }),
              correct(5, { time: MONDAY + HOUR, value: 6, quality: 'invalid' }),
            ],
          }),
        );
        const [time, value] = [MONDAY + 30 * MINUTE, 2];
        const left = { ...row, start: MONDAY, count: 1, sum: value, min: value, max: value, last: value };
        const expected = [{ ...left, oldest: time, newest: time }, ...rest.slice(1)];
        expectRows(await read(), expected);
        const again = await reopen();
        expectRows(await again.hours(['counter-1'], 'vehicle_count', MONDAY, MONDAY + 3 * HOUR), expected);
      }));
  });
}
