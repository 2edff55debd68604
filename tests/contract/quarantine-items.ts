import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuarantineItem } from '../../model/quarantine.ts';
import type { QuarantineQuery } from '../../storage/quarantine/port.ts';
import { type FreshQuarantine, idsOf, newestFirst, withQuarantine } from '../helpers/quarantine-lab.ts';
import { anyItem, item, NEW_YEAR } from '../helpers/quarantine-samples.ts';

/** What is put is kept and listed. */
export function itemsContract(fresh: FreshQuarantine): void {
  describe('items', () => {
    test('any items, put in any order and in any batches, are kept unharmed and listed the newest first', () =>
      withQuarantine(fresh, async (store, lab) => {
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
      withQuarantine(fresh, async (store) => {
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
      withQuarantine(fresh, async (store) => {
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
      withQuarantine(fresh, async (store) => {
        await store.put([item(1, 0, { payload: `x${'\u{1f6b2}'.repeat(3_000)}` })]);
        expect((await store.list({ limit: 1 }))[0]?.payload).toBe(`x${'\u{1f6b2}'.repeat(2_047)}`);
      }));

    test('putting the same again changes nothing, not even beside new ones', () =>
      withQuarantine(fresh, async (store) => {
        await store.put([item(1), item(2)]);
        await store.put([item(1, 0, { reason: 'wrong-type' }), item(2), item(3)]);
        expect(await store.list({ limit: 10 })).toEqual([item(3), item(2), item(1)]);
        await store.put([]);
        expect(await idsOf(store)).toEqual(['3-0', '2-0', '1-0']);
      }));

    test('thousands at once are all kept, and all expire', () =>
      withQuarantine(fresh, async (store) => {
        const items = Array.from({ length: 5_003 }, (_, i) => item(i));
        await store.put(items);
        expect(await store.list({ limit: 10_000 })).toEqual(items.reverse());
        expect(await store.expire(NEW_YEAR + 5_001_000)).toBe(5_001);
        expect(await idsOf(store)).toEqual(['5002-0', '5001-0']);
      }));

    test('ids are numbers: 10 is behind 9', () =>
      withQuarantine(fresh, async (store) => {
        const received = item(1).received;
        await store.put([item(9, 10, { received }), item(10, 0, { received }), item(9, 9, { received })]);
        expect(await idsOf(store)).toEqual(['10-0', '9-10', '9-9']);
      }));

    test('a batch with an id that is none is refused whole', () =>
      withQuarantine(fresh, async (store) => {
        await expect(store.put([item(1), item(2, 0, { id: 'two' })])).rejects.toThrow(RangeError);
        expect(await idsOf(store)).toEqual([]);
      }));

    test('what is not there is not there', () =>
      withQuarantine(fresh, async (store) => {
        await store.put([item(1)]);
        for (const id of ['2-0', '1-1', '1', '', '1-0\0', '1-0x', '-1-0', '99999999999999999999-0'])
          expect(await store.get(id)).toBeUndefined();
      }));

    test('filters narrow, alone and together', () =>
      withQuarantine(fresh, async (store) => {
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
      withQuarantine(fresh, async (store) => {
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
      withQuarantine(fresh, async (store) => {
        await store.put([item(1), item(2), item(3)]);
        await store.expire(NEW_YEAR + 3_000);
        expect(await idsOf(store, { after: '2-0' })).toEqual([]);
        await expect(store.list({ after: 'elsewhere', limit: 10 })).rejects.toMatchObject({ code: 'invalid-cursor' });
      }));

    test('what was received before is deleted, and counted', () =>
      withQuarantine(fresh, async (store) => {
        await store.put([item(1), item(2), item(2, 1), item(3)]);
        expect(await store.expire(NEW_YEAR + 2_000)).toBe(1);
        expect(await store.expire(NEW_YEAR + 2_001)).toBe(2);
        expect(await store.expire(NEW_YEAR + 2_001)).toBe(0);
        expect(await idsOf(store)).toEqual(['3-0']);
        expect(await store.get('2-1')).toBeUndefined();
      }));
  });
}
