import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuarantineCounts, QuarantineItem } from '../../model/quarantine.ts';
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

/** Opens a quarantine of its own, empty, that keeps at most so many items and bytes. */
export type FreshQuarantine = (maxItems?: number, maxBytes?: number) => Promise<QuarantineLab>;

/** Newest received first, then the larger id, number by number. */
function newestFirst(a: QuarantineItem, b: QuarantineItem): number {
  const [[aSeq = 0, aIndex = 0], [bSeq = 0, bIndex = 0]] = [a.id.split('-').map(Number), b.id.split('-').map(Number)];
  return Date.parse(b.received) - Date.parse(a.received) || bSeq - aSeq || bIndex - aIndex;
}

function countsOf(items: readonly QuarantineItem[]): QuarantineCounts {
  const replayed = items.filter((item) => item.replayed !== null).length;
  const dismissed = items.filter((item) => item.replayed === null && item.dismissed !== null).length;
  return { items: items.length, waiting: items.length - replayed - dismissed, replayed, dismissed };
}

type Act = (store: QuarantineStore) => Promise<unknown>;

/** Anything that changes what is counted. */
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.array(anyItem, { maxLength: 8 }).map(
    (items): Act =>
      (store) =>
        store.put(items),
  ),
  fc.array(fc.nat(200)).map(
    (seqs): Act =>
      async (store) => {
        const claimed = (await store.claim(seqs, 1)).map(({ seq }) => seq);
        await store.complete(claimed.slice(1));
        await store.release(claimed);
      },
  ),
  fc.nat(5).map(
    (limit): Act =>
      async (store) => {
        for (const { id } of await store.list({ limit })) await store.dismiss(id);
      },
  ),
  fc.nat(5).map(
    (seconds): Act =>
      (store) =>
        store.expire(NEW_YEAR + seconds * 200),
  ),
  fc.constant<Act>((store) => store.erase(['bus-7'])),
);

async function expectCountsToAgree(store: QuarantineStore): Promise<void> {
  const items = await store.list({ limit: 100_000 });
  const { reasons, providers, devices, ...all } = await store.summary({}, 100);
  expect(all).toEqual(countsOf(items));
  const groups = [
    ...reasons.map(({ reason, ...counts }) => ({ counts, of: items.filter((each) => each.reason === reason) })),
    ...providers.map(({ provider, ...counts }) => ({ counts, of: items.filter((each) => each.provider === provider) })),
    ...devices.map(({ device, ...counts }) => ({ counts, of: items.filter((each) => each.device === device) })),
  ];
  for (const { counts, of } of groups) expect(counts).toEqual(countsOf(of));
  for (const list of [reasons, providers, devices]) {
    const sizes = list.map((group) => group.items);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(items.length);
  }
  // Counted anew, for a filter that no counts are kept of, it is the same.
  expect(await store.summary({ from: 0 }, 100)).toEqual({ reasons, providers, devices, ...all });
  const messages = new Map(items.map(({ id, bytes }) => [id.split('-')[0], bytes ?? 0]));
  const bytes = [...messages.values()].reduce((sum, each) => sum + each, 0);
  expect(await store.totals()).toMatchObject({ items: items.length, bytes });
}

/** What every adapter of storage/quarantine/port.ts does alike. */
export function quarantineContract(name: string, fresh: FreshQuarantine): void {
  async function withStore(
    run: (store: QuarantineStore, lab: QuarantineLab) => Promise<void>,
    maxItems?: number,
    maxBytes?: number,
  ): Promise<void> {
    const lab = await fresh(maxItems, maxBytes);
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
        const payloads = ['', '\0', '{"a":"\0"}', '\ufeff{}', '\u{1f6b2} xe đạp', `"'\\\n`, 'x'.repeat(131_072)];
        await store.put(payloads.map((payload, i) => item(i, 0, { payload, detail: payload, scope: 'message' })));
        for (const [i, payload] of payloads.entries()) {
          const bytes = Buffer.byteLength(payload);
          expect(await store.get(`${i}-0`)).toMatchObject({ payload, bytes, detail: payload });
          expect(Buffer.from((await store.message(i))?.payload ?? []).toString()).toBe(payload);
        }
        expect(await store.message(99)).toBeUndefined();
      }));

    test('a message is kept once for all of its items, and lists show the beginning of it', () =>
      withStore(async (store) => {
        const text = { payload: 'đ'.repeat(10_000), bytes: 20_000 };
        const raw = { payload: Buffer.alloc(9_000, 0xff).toString('base64'), bytes: 9_000 };
        await store.put(Array.from({ length: 300 }, (_, i) => item(1, i, text)));
        await store.put([item(2, 0, { ...raw, encoding: 'base64' }), item(1, 300, text)]);
        expect(await store.totals()).toEqual({ items: 302, bytes: 29_000, dropped: 0 });
        const [bytes, words] = await store.list({ limit: 2 });
        expect(words).toMatchObject({ payload: 'đ'.repeat(4_096), bytes: 20_000, truncated: false });
        expect(bytes).toMatchObject({ bytes: 9_000 });
        expect(Buffer.from(bytes?.payload ?? '', 'base64')).toEqual(Buffer.alloc(8_192, 0xff));
        expect(await store.get('1-300')).toMatchObject(text);
        expect(await store.get('2-0')).toMatchObject(raw);
        await store.expire(NEW_YEAR + 2_000);
        expect(await store.totals()).toEqual({ items: 1, bytes: 9_000, dropped: 0 });
      }));

    test('a character that the cut falls into is left out', () =>
      withStore(async (store) => {
        await store.put([item(1, 0, { payload: `x${'\u{1f6b2}'.repeat(3_000)}` })]);
        expect((await store.list({ limit: 1 }))[0]?.payload).toBe(`x${'\u{1f6b2}'.repeat(2_047)}`);
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
        expect(await idsOf(store, { domain: 'health' })).toEqual([]);
        expect(await idsOf(store, { domain: 'traffic', format: 'json', device: 'bus-7' })).toEqual(['3-0', '2-0']);
        expect(await idsOf(store, { format: 'line' })).toEqual([]);
        expect(await idsOf(store, { order: 'oldest', after: '1-0', limit: 2 })).toEqual(['2-0', '3-0']);
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

    test('it is bounded in bytes too: the oldest go first, and are counted', () =>
      withStore(
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

    test('a message is claimed by one, once, with all of its items', () =>
      withStore(async (store, lab) => {
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
      withStore(async (store, lab) => {
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
      withStore(async (store, lab) => {
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
      withStore(async (store) => {
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

    test('the counts agree with the items, whatever was done to them and by whom', () =>
      withStore(async (store, lab) => {
        const other = await lab.another();
        await fc.assert(
          fc.asyncProperty(fc.array(fc.tuple(anyAct, fc.boolean()), { maxLength: 12 }), async (acts) => {
            for (const [act, here] of acts) await act(here ? store : other);
            await expectCountsToAgree(store);
          }),
          { numRuns: 25 },
        );
      }));

    test('a summary is narrowed as lists are, and names the devices with the most items', () =>
      withStore(async (store) => {
        await store.put([
          ...Array.from({ length: 6_000 }, (_, i) => item(i)),
          item(6_001, 0, { device: 'bus-7', provider: 'transerco', reason: 'wrong-type', format: 'line' }),
        ]);
        expect(await store.summary({ provider: 'transerco' }, 5)).toMatchObject({
          items: 1,
          reasons: [{ reason: 'wrong-type', items: 1 }],
          devices: [{ device: 'bus-7', items: 1 }],
        });
        expect((await store.summary({}, 1)).devices).toMatchObject([{ device: 'counter-1', items: 6_000 }]);
        expect(await store.summary({ format: 'line' }, 5)).toMatchObject({ items: 1, providers: [{ items: 1 }] });
        expect(await store.summary({ to: NEW_YEAR + 5_500_000, reason: 'out-of-range' }, 5)).toMatchObject({
          items: 5_500,
        });
        expect(await store.summary({ device: 'nobody' }, 5)).toEqual({
          ...{ items: 0, waiting: 0, replayed: 0, dismissed: 0 },
          ...{ reasons: [], providers: [], devices: [] },
        });
      }));

    test('the few that a filter leaves of many are found, in either order and page by page', () =>
      withStore(async (store) => {
        const few = [100, 6_000, 11_999];
        const parts = (i: number) => (few.includes(i) ? { domain: 'health', reason: 'wrong-type' as const } : {});
        await store.put(Array.from({ length: 12_000 }, (_, i) => item(i, 0, parts(i))));
        expect(await idsOf(store, { domain: 'health' })).toEqual(['11999-0', '6000-0', '100-0']);
        expect(await idsOf(store, { domain: 'health', order: 'oldest', limit: 2 })).toEqual(['100-0', '6000-0']);
        expect(await idsOf(store, { domain: 'health', limit: 2, after: '11999-0' })).toEqual(['6000-0', '100-0']);
        expect(await idsOf(store, { device: 'counter-1', reason: 'wrong-type' })).toHaveLength(3);
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
