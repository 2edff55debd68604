import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuarantineItem } from '../../model/quarantine.ts';
import type { QuarantineQuery, QuarantineStore } from '../../storage/quarantine/port.ts';
import { anyItem, item, NEW_YEAR } from '../helpers/quarantine-samples.ts';

export interface QuarantineLab {
  readonly store: QuarantineStore;
  /** Another connection to the same data. */
  another(): Promise<QuarantineStore>;
  /** Closes everything and opens the same data again. */
  reopen(): Promise<QuarantineStore>;
  /** Makes a copy of this name and opens it; rejects where it is there already. */
  copy(name: string): Promise<QuarantineStore>;
  /** Closes everything and takes the data away. */
  close(): Promise<void>;
}

/** Opens a quarantine of its own, empty, that keeps at most so many items. */
export type FreshQuarantine = (maxItems?: number) => Promise<QuarantineLab>;

/** Newest received first, then the larger id, number by number. */
function newestFirst(a: QuarantineItem, b: QuarantineItem): number {
  const [[aSeq = 0, aIndex = 0], [bSeq = 0, bIndex = 0]] = [a.id.split('-').map(Number), b.id.split('-').map(Number)];
  return Date.parse(b.received) - Date.parse(a.received) || bSeq - aSeq || bIndex - aIndex;
}

/** What every adapter of storage/quarantine/port.ts does alike. */
export function quarantineContract(name: string, fresh: FreshQuarantine): void {
  async function withStore(
    run: (store: QuarantineStore, lab: QuarantineLab) => Promise<void>,
    maxItems?: number,
  ): Promise<void> {
    const lab = await fresh(maxItems);
    try {
      await run(lab.store, lab);
    } finally {
      await lab.close();
    }
  }
  const idsOf = async (store: QuarantineStore, query: Partial<QuarantineQuery> = {}) =>
    (await store.list({ limit: 100_000, ...query })).map(({ id }) => id);

  describe(`${name} as a quarantine`, () => {
    test('any items, put in any order and in any batches, are kept unharmed and listed the newest first', () =>
      withStore(async (store, lab) => {
        const kept = new Map<string, QuarantineItem>();
        await fc.assert(
          fc.asyncProperty(fc.array(anyItem, { maxLength: 10 }), async (items) => {
            await store.put(items);
            // The first put of an id stands.
            for (const each of items) if (!kept.has(each.id)) kept.set(each.id, each);
            for (const { id } of items) expect(await store.get(id)).toEqual(kept.get(id));
          }),
          { numRuns: 40 },
        );
        const inOrder = [...kept.values()].sort(newestFirst);
        expect(await store.list({ limit: 100_000 })).toEqual(inOrder);
        expect(await (await lab.reopen()).list({ limit: 100_000 })).toEqual(inOrder);
      }));

    test('a payload of any text is kept whole', () =>
      withStore(async (store) => {
        const payloads = ['', '\0', '{"a":"\0"}', '\ud800', '\u{1f6b2} xe đạp', `"'\\\n`, 'x'.repeat(8_192)];
        await store.put(payloads.map((payload, i) => item(i, 0, { payload, detail: payload, scope: 'message' })));
        for (const [i, payload] of payloads.entries())
          expect(await store.get(`${i}-0`)).toMatchObject({ payload, detail: payload });
      }));

    test('putting the same again changes nothing, not even beside new ones', () =>
      withStore(async (store) => {
        await store.put([item(1), item(2)]);
        await store.put([item(1, 0, { reason: 'wrong-type' }), item(2), item(3)]);
        expect(await store.list({ limit: 10 })).toEqual([item(3), item(2), item(1)]);
        await store.put([]);
        expect(await idsOf(store)).toEqual(['3-0', '2-0', '1-0']);
      }));

    test('thousands at once are all kept, and all expire', () =>
      withStore(async (store) => {
        const items = Array.from({ length: 5_003 }, (_, i) => item(i));
        await store.put(items);
        expect(await store.list({ limit: 10_000 })).toEqual(items.reverse());
        expect(await store.expire(NEW_YEAR + 5_001_000)).toBe(5_001);
        expect(await idsOf(store)).toEqual(['5002-0', '5001-0']);
      }));

    test('ids are numbers: 10 is behind 9', () =>
      withStore(async (store) => {
        const received = item(1).received;
        await store.put([item(9, 10, { received }), item(10, 0, { received }), item(9, 9, { received })]);
        expect(await idsOf(store)).toEqual(['10-0', '9-10', '9-9']);
      }));

    test('a batch with an id that is none is refused whole', () =>
      withStore(async (store) => {
        await expect(store.put([item(1), item(2, 0, { id: 'two' })])).rejects.toThrow(RangeError);
        expect(await idsOf(store)).toEqual([]);
      }));

    test('what is not there is not there', () =>
      withStore(async (store) => {
        await store.put([item(1)]);
        for (const id of ['2-0', '1-1', '1', '', '1-0\0', '1-0x', '-1-0', '99999999999999999999-0'])
          expect(await store.get(id)).toBeUndefined();
      }));

    test('filters narrow, alone and together', () =>
      withStore(async (store) => {
        await store.put([
          item(1),
          item(2, 0, { device: 'bus-7', provider: 'transerco' }),
          item(3, 0, { device: 'bus-7', provider: 'transerco', reason: 'wrong-type' }),
          item(4, 0, { reason: 'wrong-type' }),
        ]);
        const at = (seconds: number) => NEW_YEAR + seconds * 1_000;
        expect(await idsOf(store, { device: 'bus-7' })).toEqual(['3-0', '2-0']);
        expect(await idsOf(store, { provider: 'hanoi' })).toEqual(['4-0', '1-0']);
        expect(await idsOf(store, { reason: 'wrong-type' })).toEqual(['4-0', '3-0']);
        expect(await idsOf(store, { reason: 'wrong-type', device: 'bus-7' })).toEqual(['3-0']);
        expect(await idsOf(store, { from: at(2), to: at(4) })).toEqual(['3-0', '2-0']);
        expect(await idsOf(store, { from: at(2), provider: 'hanoi' })).toEqual(['4-0']);
        expect(await idsOf(store, { device: "' or 1=1" })).toEqual([]);
        expect(await idsOf(store, { device: 'bus-7\0' })).toEqual([]);
      }));

    test('pages of any size, put together, are the list, whatever is added meanwhile', () =>
      withStore(async (store) => {
        const items = Array.from({ length: 40 }, (_, i) =>
          item(i, i % 4, { received: item(Math.floor(i / 5)).received, device: i % 3 ? 'counter-1' : 'bus-7' }),
        );
        await store.put(items);
        let next = 1_000;
        await fc.assert(
          fc.asyncProperty(
            fc.integer({ min: 1, max: 50 }),
            fc.constantFrom<Partial<QuarantineQuery>>({}, { device: 'bus-7' }),
            async (limit, query) => {
              const whole = await idsOf(store, query);
              const paged: string[] = [];
              for (let page = await idsOf(store, { ...query, limit }); page.length > 0; ) {
                expect(page.length).toBeLessThanOrEqual(limit);
                paged.push(...page);
                await store.put([item(next++)]);
                page = await idsOf(store, { ...query, limit, after: page.at(-1) });
              }
              expect(paged).toEqual(whole);
            },
          ),
          { numRuns: 30 },
        );
      }));

    test('a page behind an item that has expired is the end; a cursor of another list is refused', () =>
      withStore(async (store) => {
        await store.put([item(1), item(2), item(3)]);
        await store.expire(NEW_YEAR + 3_000);
        expect(await idsOf(store, { after: '2-0' })).toEqual([]);
        await expect(store.list({ after: 'elsewhere', limit: 10 })).rejects.toMatchObject({ code: 'invalid-cursor' });
      }));

    test('what was received before is deleted, and counted', () =>
      withStore(async (store) => {
        await store.put([item(1), item(2), item(2, 1), item(3)]);
        expect(await store.expire(NEW_YEAR + 2_000)).toBe(1);
        expect(await store.expire(NEW_YEAR + 2_001)).toBe(2);
        expect(await store.expire(NEW_YEAR + 2_001)).toBe(0);
        expect(await idsOf(store)).toEqual(['3-0']);
        expect(await store.get('2-1')).toBeUndefined();
      }));

    test('it is bounded: the oldest go first, also when they come last', () =>
      withStore(async (store, lab) => {
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
      }, 5));

    test('an item is claimed by one, once, and says from then on when it was replayed', () =>
      withStore(async (store, lab) => {
        const other = await lab.another();
        await store.put([item(1), item(2), item(2, 1), item(10)]);
        const before = new Date().toISOString();
        const claimed = await store.claim(['10-0', '2-1', '1-0', '1-0', '7-7', 'none', '']);
        expect(claimed.map(({ id }) => id)).toEqual(['1-0', '2-1', '10-0']);
        for (const { id, replayed, ...rest } of claimed) {
          expect(rest).toEqual({ ...(await store.get(id)), id: undefined, replayed: undefined });
          expect(replayed && replayed >= before && replayed <= new Date().toISOString()).toBe(true);
          expect(await other.get(id)).toMatchObject({ replayed });
        }
        expect(await store.get('2-0')).toEqual(item(2));
        // Ingest, brought back by a crash, puts the same again.
        await store.put([item(1), item(2)]);
        expect(await other.claim(['1-0', '2-0', '2-1'])).toMatchObject([{ id: '2-0' }]);
        const again = await lab.reopen();
        expect(await again.claim(['1-0', '2-0', '2-1', '10-0'])).toEqual([]);
        expect(await again.claim([])).toEqual([]);
      }));

    test('what was claimed and released can be claimed again', () =>
      withStore(async (store, lab) => {
        await store.put([item(1), item(2), item(2, 1)]);
        await store.claim(['1-0', '2-0', '2-1']);
        await store.release(['2-1', '1-0', '9-9', 'none']);
        const again = await lab.reopen();
        expect(await again.get('2-1')).toEqual(item(2, 1));
        expect((await again.claim(['1-0', '2-0', '2-1'])).map(({ id }) => id)).toEqual(['1-0', '2-1']);
      }));

    test('of several who claim the same at once, each item goes to one', () =>
      withStore(async (store, lab) => {
        const items = Array.from({ length: 2_500 }, (_, i) => item(i));
        await store.put(items);
        const ids = items.map(({ id }) => id);
        const claimants = [store, await lab.another(), await lab.another()];
        const parts = await Promise.all(claimants.map((each, i) => each.claim(i === 1 ? [...ids].reverse() : ids)));
        expect(parts.map((part) => part.length).reduce((a, b) => a + b)).toBe(2_500);
        expect(new Set(parts.flat().map(({ id }) => id)).size).toBe(2_500);
      }));

    test('erasing devices takes every item of theirs and no other', () =>
      withStore(async (store) => {
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
      withStore(async (store, lab) => {
        await store.put([item(1), item(2)]);
        await store.claim(['1-0']);
        const [copy] = await Promise.all([lab.copy('first'), store.put([item(3)])]);
        const kept = await copy.list({ limit: 10 });
        expect(kept.map(({ id }) => id).filter((id) => id !== '3-0')).toEqual(['2-0', '1-0']);
        expect(await copy.get('1-0')).toEqual(await store.get('1-0'));
        await copy.put([item(4)]);
        expect(await store.get('4-0')).toBeUndefined();
        await expect(lab.copy('first')).rejects.toThrow();
        expect(await copy.get('4-0')).toEqual(item(4));
      }));

    test('another connection reads what was put, as it is put, and may expire it', () =>
      withStore(async (store, lab) => {
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
