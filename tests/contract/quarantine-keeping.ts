import { describe, expect, test } from 'vitest';
import { type FreshQuarantine, idsOf, withQuarantine } from '../helpers/quarantine-lab.ts';
import { item, NEW_YEAR } from '../helpers/quarantine-samples.ts';

/** How long and how much is kept, and copied. */
export function keepingContract(fresh: FreshQuarantine): void {
  describe('keeping', () => {
    test('it is bounded: the oldest go first, also when they come last', () =>
      withQuarantine(
        fresh,
        async (store, lab) => {
          await store.put([item(5), item(6), item(7)]);
          await store.put([item(8), item(9)]);
          expect(await idsOf(store)).toEqual(['9-0', '8-0', '7-0', '6-0', '5-0']);
          await store.put([item(10), item(1)]);
          expect(await idsOf(store)).toEqual(['10-0', '9-0', '8-0', '7-0', '6-0']);
          await store.put([item(10), item(9)]);
          expect(await idsOf(store)).toHaveLength(5);
          // Old is what was received long ago, whatever its id.
          await store.put([item(99, 0, { received: item(2).received })]);
          expect(await store.get('99-0')).toBeUndefined();
          expect(await idsOf(store)).toHaveLength(5);
          await store.expire(NEW_YEAR + 8_000);
          await store.put([item(11), item(12)]);
          expect(await idsOf(store)).toEqual(['12-0', '11-0', '10-0', '9-0', '8-0']);
          const again = await lab.reopen();
          await again.put(Array.from({ length: 20 }, (_, i) => item(20 + i)));
          expect(await idsOf(again)).toEqual(['39-0', '38-0', '37-0', '36-0', '35-0']);
        },
        5,
      ));

    test('it is bounded in bytes too: the oldest go first, and are counted', () =>
      withQuarantine(
        fresh,
        async (store, lab) => {
          const big = (seq: number) => item(seq, 0, { payload: 'x'.repeat(3_000), bytes: 3_000 });
          await store.put([big(1), big(2), big(3)]);
          expect(await store.totals()).toEqual({ items: 3, bytes: 9_000, dropped: 0 });
          await store.put([big(4), item(4, 1, { payload: 'x'.repeat(3_000), bytes: 3_000 })]);
          expect(await idsOf(store)).toEqual(['4-1', '4-0', '3-0', '2-0']);
          expect(await store.totals()).toEqual({ items: 4, bytes: 9_000, dropped: 1 });
          expect(await store.message(1)).toBeUndefined();
          const again = await lab.reopen();
          await again.put([big(5), big(6), big(7)]);
          expect(await idsOf(again)).toEqual(['7-0', '6-0', '5-0']);
          expect(await again.totals()).toEqual({ items: 3, bytes: 9_000, dropped: 5 });
        },
        undefined,
        10_000,
      ));

    test('erasing devices takes every item of theirs and no other', () =>
      withQuarantine(fresh, async (store) => {
        const devices = Array.from({ length: 300 }, (_, i) => `counter-${i}`);
        const many = Array.from({ length: 6_000 }, (_, i) => item(1_000 + i, 0, { device: 'bus-7' }));
        await store.put([...devices.map((device, i) => item(i, 0, { device })), ...many]);
        expect(await store.erase(['bus-7', 'nobody', ...devices.slice(1), 'counter-5'])).toBe(6_299);
        expect(await idsOf(store)).toEqual(['0-0']);
        expect(await store.erase([])).toBe(0);
        // The bound counts on: what was erased makes room.
        await store.put(many.slice(0, 5));
        expect(await idsOf(store)).toHaveLength(6);
      }));

    test('a copy holds what was there, while others write, and is never written over', () =>
      withQuarantine(fresh, async (store, lab) => {
        await store.put([item(1), item(2)]);
        await store.claim([1], 7);
        const [copy] = await Promise.all([lab.copy('first'), store.put([item(3)])]);
        const kept = await copy.list({ limit: 10 });
        expect(kept.map(({ id }) => id).filter((id) => id !== '3-0')).toEqual(['2-0', '1-0']);
        expect(await copy.claims()).toEqual([{ seq: 1, head: 7 }]);
        expect(await copy.get('1-0')).toEqual(await store.get('1-0'));
        await copy.put([item(4)]);
        expect(await store.get('4-0')).toBeUndefined();
        await expect(lab.copy('first')).rejects.toThrow();
        expect(await copy.get('4-0')).toEqual(item(4));
      }));

    test('another connection reads what was put, as it is put, and may expire it', () =>
      withQuarantine(fresh, async (store, lab) => {
        const reader = await lab.another();
        await store.put([item(1), item(2)]);
        expect(await idsOf(reader)).toEqual(['2-0', '1-0']);
        await store.put([item(3)]);
        expect(await reader.get('3-0')).toEqual(item(3));
        expect(await reader.expire(NEW_YEAR + 2_000)).toBe(1);
        expect(await idsOf(store)).toEqual(['3-0', '2-0']);
      }));
  });
}
