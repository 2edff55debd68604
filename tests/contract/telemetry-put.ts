import { describe, expect, it } from 'vitest';
import type { Tally, TelemetryStore } from '../../storage/telemetry/port.ts';
import { byText, inOrder } from '../helpers/naive-telemetry.ts';
import { type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import { batches, HOUR, MINUTE, MONDAY, observation, tally } from '../helpers/telemetry-samples.ts';

const all = (store: TelemetryStore) => store.range({ from: 0, to: MONDAY * 2, limit: 100_000 });
const byDevice = (tallies: readonly Tally[]) =>
  [...tallies].sort((a, b) => byText(a.provider, b.provider) || byText(a.device, b.device));

/** Checkpoint, tallies, the newest of each series: what one put does. */
export function putContract(fresh: FreshLab): void {
  describe('put', () => {
    it('begins empty, at 0', () =>
      inLab(fresh, async (store) => {
        expect(await store.checkpoint()).toEqual({ seq: 0, tallies: [] });
        expect(await store.latest()).toEqual([]);
        expect(await store.heads()).toEqual([]);
        expect(await all(store)).toEqual([]);
      }));

    it('keeps every part of an observation, also over a restart', () =>
      inLab(fresh, async (store, reopen) => {
        const given = [
          observation({ time: MONDAY, value: 0 }),
          observation({ time: MONDAY + 1, value: -0.1 - 0.2, quality: 'suspect', flags: ['late', 'simulated'] }),
          observation({ time: MONDAY + 2, value: 1e-300, quality: 'invalid', flags: ['time-from-receipt'] }),
          observation({ time: MONDAY + 3, value: 123_456_789.125, received: MONDAY + HOUR + 7 }),
          observation({ time: MONDAY + 4, value: 7, position: [105.8194538, -21.0277644], cell: '8b415a43528dfff' }),
        ];
        await store.put(batches()({ fresh: given }));
        expect(await all(store)).toEqual(given);
        expect(await store.latest()).toEqual(given.slice(-1));
        const again = await reopen();
        expect(await all(again)).toEqual(given);
        expect(await again.latest()).toEqual(given.slice(-1));
        expect((await again.checkpoint()).seq).toBe(1);
      }));

    it('changes nothing when a batch comes again, also after a restart', () =>
      inLab(fresh, async (store, reopen) => {
        const next = batches();
        const [time, value] = [MONDAY, 5];
        const first = next({
          fresh: [observation({ time, value }), observation({ time: time + MINUTE, value: 6 })],
          tallies: [tally({ processed: 1, decoded: 2, stored: 2 })],
        });
        const second = next({
          corrections: [{ observation: observation({ time, value: 9 }), superseded: value }],
          tallies: [tally({ processed: 1, decoded: 1, corrected: 1 })],
        });
        await store.put(first);
        await store.put(second);
        const [rows, hours, checkpoint] = [
          await all(store),
          await store.hours(['counter-1'], 'vehicle_count', 0, MONDAY * 2),
          await store.checkpoint(),
        ];
        expect(checkpoint).toEqual({ seq: 2, tallies: [tally({ processed: 2, decoded: 3, stored: 2, corrected: 1 })] });
        await store.put(first);
        const again = await reopen();
        await again.put(second);
        await again.put(first);
        expect(await all(again)).toEqual(rows);
        expect(await again.hours(['counter-1'], 'vehicle_count', 0, MONDAY * 2)).toEqual(hours);
        expect(await again.checkpoint()).toEqual(checkpoint);
        expect(await again.superseded({ device: 'counter-1', metric: 'vehicle_count', time })).toEqual([value]);
      }));

    it('refuses a batch that does not follow the checkpoint and stays as it was', () =>
      inLab(fresh, async (store) => {
        await store.put({ after: 0, upTo: 10, fresh: [], corrections: [], tallies: [] });
        const content = { fresh: [observation({ time: MONDAY, value: 1 })], corrections: [], tallies: [tally({})] };
        await expect(store.put({ after: 11, upTo: 12, ...content })).rejects.toThrow(/checkpoint/i);
        await expect(store.put({ after: 5, upTo: 12, ...content })).rejects.toThrow(/checkpoint/i);
        expect(await store.checkpoint()).toEqual({ seq: 10, tallies: [] });
        expect(await all(store)).toEqual([]);
        await store.put({ after: 10, upTo: 12, ...content });
        expect(await all(store)).toHaveLength(1);
      }));

    it('adds tallies up by provider and device', () =>
      inLab(fresh, async (store, reopen) => {
        const next = batches();
        const moved = { provider: 'metro', device: 'counter-1' };
        await store.put(next({ tallies: [tally({ processed: 1, decoded: 3, stored: 2, duplicate: 1 })] }));
        await store.put(next({ tallies: [tally({ ...moved, quarantinedMessages: 4 })] }));
        await store.put(
          next({
            tallies: [tally({ processed: 5, quarantinedObservations: 2 }), tally({ device: 'lot-2', stored: 1 })],
          }),
        );
        const expected = [
          tally({ processed: 6, decoded: 3, stored: 2, duplicate: 1, quarantinedObservations: 2 }),
          tally({ device: 'lot-2', stored: 1 }),
          tally({ ...moved, quarantinedMessages: 4 }),
        ];
        const told = await store.checkpoint();
        expect({ ...told, tallies: byDevice(told.tallies) }).toEqual({ seq: 3, tallies: expected });
        const again = await (await reopen()).checkpoint();
        expect({ ...again, tallies: byDevice(again.tallies) }).toEqual({ seq: 3, tallies: expected });
      }));

    it('takes puts one after the other without waiting in between', () =>
      inLab(fresh, async (store) => {
        const next = batches();
        await Promise.all(
          Array.from({ length: 20 }, (_, i) =>
            store.put(next({ fresh: [observation({ time: MONDAY + i * MINUTE, value: i })] })),
          ),
        );
        expect((await store.checkpoint()).seq).toBe(20);
        expect((await all(store)).map((o) => o.value)).toEqual(Array.from({ length: 20 }, (_, i) => i));
      }));

    it('keeps the newest of a series by phenomenon time however late others come', () =>
      inLab(fresh, async (store, reopen) => {
        const next = batches();
        const newest = observation({ time: MONDAY + HOUR, value: 1 });
        const other = observation({ device: 'lot-2', metric: 'parking_free', time: MONDAY, value: 2 });
        await store.put(next({ fresh: [newest, observation({ time: MONDAY + 5, value: 3 }), other] }));
        await store.put(next({ fresh: [observation({ time: MONDAY, value: 4, received: MONDAY + HOUR + 5_000 })] }));
        expect([...(await store.latest())].sort(inOrder)).toEqual([other, newest]);
        const again = await reopen();
        await again.put(next({ fresh: [observation({ time: MONDAY + 10, value: 5 })] }));
        expect([...(await again.latest())].sort(inOrder)).toEqual([other, newest]);
        expect([...(await again.heads())].sort(inOrder)).toEqual([
          { device: 'lot-2', metric: 'parking_free', time: MONDAY },
          { device: 'counter-1', metric: 'vehicle_count', time: MONDAY + HOUR },
        ]);
        const newer = observation({ time: MONDAY + HOUR + 1, value: 6, quality: 'invalid' });
        await again.put(next({ fresh: [newer] }));
        expect(await again.latest(['counter-1'])).toEqual([newer]);
      }));

    it('stores thousands of observations of hundreds of series in one put', () =>
      inLab(fresh, async (store) => {
        const given = Array.from({ length: 5_000 }, (_, i) =>
          observation({ device: `device-${i % 250}`, time: MONDAY + Math.floor(i / 250) * MINUTE, value: i }),
        );
        await store.put(batches()({ fresh: given }));
        expect(await all(store)).toEqual([...given].sort(inOrder));
        expect(await store.latest()).toHaveLength(250);
        expect(await store.held(given)).toHaveLength(5_000);
      }));
  });
}
