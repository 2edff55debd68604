import { describe, expect, test } from 'vitest';
import { type FreshQuarantine, idsOf, withQuarantine } from '../helpers/quarantine-lab.ts';
import { item } from '../helpers/quarantine-samples.ts';

/** Who claims a message has it alone; what is dismissed waits no more. */
export function claimsContract(fresh: FreshQuarantine): void {
  describe('claims', () => {
    test('a message is claimed by one, once, with all of its items', () =>
      withQuarantine(fresh, async (store, lab) => {
        const other = await lab.another();
        await store.put([item(1), item(2), item(2, 1), item(10)]);
        expect(await store.claim([10, 2, 2, 7], 50)).toEqual([
          { seq: 2, items: 2 },
          { seq: 10, items: 1 },
        ]);
        expect(await other.claim([2, 1], 51)).toEqual([{ seq: 1, items: 1 }]);
        expect(await store.claims()).toEqual([
          { seq: 2, head: 50 },
          { seq: 10, head: 50 },
          { seq: 1, head: 51 },
        ]);
        // Nothing is replayed before it is in the journal.
        expect(await store.get('2-1')).toEqual(item(2, 1));
        const before = new Date().toISOString();
        await store.complete([2, 1]);
        for (const id of ['1-0', '2-0', '2-1']) {
          const { replayed = null, ...rest } = (await other.get(id)) ?? {};
          expect({ ...rest, replayed: null }).toEqual({ ...(await store.get(id)), replayed: null });
          expect(replayed !== null && replayed >= before && replayed <= new Date().toISOString()).toBe(true);
        }
        // Ingest, brought back by a crash, puts the same again, and once more finds more in it than before.
        await store.put([item(1), item(2), item(2, 2)]);
        const again = await lab.reopen();
        expect(await again.claims()).toEqual([{ seq: 10, head: 50 }]);
        expect(await again.claim([1, 2, 10], 60)).toEqual([]);
        expect(await again.claim([], 60)).toEqual([]);
      }));

    test('what was claimed and released can be claimed again', () =>
      withQuarantine(fresh, async (store, lab) => {
        await store.put([item(1), item(2), item(2, 1), item(3)]);
        await store.claim([1, 2], 5);
        await store.release([2, 3, 99]);
        expect(await store.claims()).toEqual([{ seq: 1, head: 5 }]);
        const again = await lab.reopen();
        expect(await again.get('2-1')).toEqual(item(2, 1));
        expect(await again.claim([1, 2], 6)).toEqual([{ seq: 2, items: 2 }]);
        // Only a claim can be completed.
        await again.complete([3]);
        expect(await again.get('3-0')).toEqual(item(3));
      }));

    test('of several who claim the same at once, each message goes to one', () =>
      withQuarantine(fresh, async (store, lab) => {
        await store.put(Array.from({ length: 5_000 }, (_, i) => item(Math.floor(i / 2), i % 2)));
        const seqs = Array.from({ length: 2_500 }, (_, i) => i);
        const claimants = [store, await lab.another(), await lab.another()];
        const parts = await Promise.all(
          claimants.map((each, i) => each.claim(i === 1 ? [...seqs].reverse() : seqs, i)),
        );
        expect(
          parts
            .flat()
            .map(({ seq }) => seq)
            .sort((a, b) => a - b),
        ).toEqual(seqs);
        expect(parts.flat().every(({ items }) => items === 2)).toBe(true);
        expect((await store.claims()).map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(seqs);
      }));

    test('what is judged hopeless waits no more, and is still there', () =>
      withQuarantine(fresh, async (store) => {
        await store.put([item(1), item(1, 1), item(2), item(3)]);
        await store.claim([3], 9);
        for (const [id, did] of [
          ['1-0', true],
          ['1-0', false],
          ['3-0', false],
          ['9-9', false],
          ['none', false],
        ] as const)
          expect([id, await store.dismiss(id)]).toEqual([id, did]);
        expect((await store.get('1-0'))?.dismissed).not.toBeNull();
        expect(await store.claim([1], 9)).toEqual([{ seq: 1, items: 1 }]);
        await store.complete([1]);
        expect(await store.get('1-0')).toMatchObject({ replayed: null });
        expect(await idsOf(store, { state: 'dismissed' })).toEqual(['1-0']);
        expect(await idsOf(store, { state: 'replayed' })).toEqual(['1-1']);
        expect(await idsOf(store, { state: 'waiting' })).toEqual(['3-0', '2-0']);
        await store.dismiss('2-0');
        expect(await store.claim([2], 9)).toEqual([]);
      }));
  });
}
