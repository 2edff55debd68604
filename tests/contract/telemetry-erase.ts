import { describe, expect, it } from 'vitest';
import type { Observation } from '../../model/observation.ts';
import { inOrder, NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { expectSame, type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import { batches, DAY, HOUR, MINUTE, MONDAY, observation, query, tally } from '../helpers/telemetry-samples.ts';

/** Two metrics of a device over three hours, with a late one, and the correction of one of them. */
function life(device: string) {
  const of = (metric: string, minute: number, value: number) =>
    observation({ device, metric, time: MONDAY + minute * MINUTE, value });
  const fresh = [of('bus_delay', 1, 1), of('mean_speed', 62, 2), of('bus_delay', 130, 3), of('bus_delay', 2, 4)];
  const correction = { observation: of('bus_delay', 1, 5), superseded: 1 };
  return { fresh, correction, tally: tally({ device, processed: 5, decoded: 5, stored: 4, corrected: 1 }) };
}

/** What a naive store holds of the devices. */
function naive(devices: readonly string[], kept: (device: string) => boolean): NaiveTelemetry {
  const model = new NaiveTelemetry();
  for (const device of devices) {
    const { fresh, correction, tally: own } = life(device);
    const stays = kept(device);
    model.put({ fresh: stays ? fresh : [], corrections: stays ? [correction] : [], tallies: [own] });
  }
  return model;
}

const questions = (devices: readonly string[]) => [
  query({
    metric: 'bus_delay',
    members: devices.map((device) => ({ device, group: 'all' })),
    from: MONDAY,
    to: MONDAY + DAY,
  }),
];

/** Everything of some devices goes, and of nobody else. */
export function eraseContract(fresh: FreshLab): void {
  describe('erasing devices', () => {
    it('takes thousands at once with all they told, and leaves the others and every tally', () =>
      inLab(fresh, async (store, reopen) => {
        const devices = Array.from({ length: 3_000 }, (_, i) => `device-${i}`);
        const gone = devices.filter((_, i) => i % 3 !== 0);
        const left = (device: string) => !gone.includes(device);
        const lives = devices.map(life);
        const next = batches();
        await store.put(next({ fresh: lives.flatMap((each) => each.fresh), tallies: lives.map((each) => each.tally) }));
        await store.put(next({ corrections: lives.map((each) => each.correction) }));
        expect(await store.erase([...gone, 'never-heard-of', ...gone.slice(0, 10)])).toEqual({
          observations: gone.length * 4,
          hours: gone.length * 3,
        });
        const model = naive(devices, left);
        await expectSame(store, model, questions(devices));
        const again = await reopen();
        await expectSame(again, model, questions(devices));
        const first = life('device-1');
        expect(await again.held(first.fresh)).toEqual([]);
        expect(await again.superseded(first.correction.observation)).toEqual([]);
        expect(await again.latest(['device-1'])).toEqual([]);
        expect(await again.hours(gone, 'bus_delay', 0, MONDAY * 2)).toEqual([]);
        expect(await again.range({ devices: gone, from: 0, to: MONDAY * 2, limit: 10 })).toEqual([]);
        expect(await again.erase(gone)).toEqual({ observations: 0, hours: 0 });
        expect(await again.erase([])).toEqual({ observations: 0, hours: 0 });
        expect((await again.checkpoint()).seq).toBe(2);
      }));

    it('lets an erased device begin anew, as if it had never been there', () =>
      inLab(fresh, async (store, reopen) => {
        const [next, devices] = [batches(), ['bus-1', 'bus-2']];
        const { fresh: told, correction } = life('bus-1');
        const model = naive(devices, (device) => device === 'bus-2');
        for (const device of devices) {
          const own = life(device);
          await store.put(next({ fresh: own.fresh, corrections: [own.correction], tallies: [own.tally] }));
        }
        await store.erase(['bus-1']);
        const again = await reopen();
        // Other values at the same times, the newest an hour earlier, and one corrected once more.
        const anew = told.slice(0, 2).map((each) => ({ ...each, value: each.value + 100 }));
        const first = next({ fresh: anew, corrections: [{ ...correction, superseded: 101 }] });
        await again.put(first);
        model.put(first);
        await expectSame(again, model, questions(devices));
        expect(await again.superseded(correction.observation)).toEqual([101]);
        await expectSame(await reopen(), model, questions(devices));
      }));

    it('lets a put through before it ends, and what the device tells meanwhile is there whole or not at all', () =>
      inLab(fresh, async (store, reopen) => {
        const [next, devices] = [batches(), Array.from({ length: 50 }, (_, i) => `bus-${i}`)];
        const lives = devices.map(life);
        await store.put(next({ fresh: lives.flatMap((each) => each.fresh), tallies: lives.map((each) => each.tally) }));
        await store.put(next({ corrections: lives.map((each) => each.correction) }));
        const order: string[] = [];
        const meanwhile = [
          observation({ device: 'bus-1', metric: 'bus_delay', time: MONDAY + 5 * MINUTE, value: 6 }),
          observation({ device: 'bus-1', metric: 'bus_delay', time: MONDAY + 3 * HOUR, value: 7 }),
        ];
        const unharmed = observation({ device: 'bus-0', metric: 'bus_delay', time: MONDAY + 3 * HOUR, value: 8 });
        const erasing = store.erase(devices.slice(1)).then(() => order.push('erased'));
        const putting = store.put(next({ fresh: [...meanwhile, unharmed] })).then(() => order.push('put'));
        await Promise.all([erasing, putting]);
        expect(order).toEqual(['put', 'erased']);

        const ofBus = (rows: readonly Observation[]) => rows.filter(({ device }) => device === 'bus-1');
        const told = ofBus(await store.range({ from: MONDAY, to: MONDAY + DAY, limit: 1_000 }));
        expect([[], [...meanwhile].sort(inOrder)]).toContainEqual(told);
        const model = naive(devices, (device) => device === 'bus-0');
        model.put({ fresh: [...told, unharmed], corrections: [], tallies: [] });
        await expectSame(store, model, questions(devices));
        await expectSame(await reopen(), model, questions(devices));
      }));
  });
}
