import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuarantineCounts, QuarantineItem } from '../../model/quarantine.ts';
import type { QuarantineStore } from '../../storage/quarantine/port.ts';
import { type FreshQuarantine, idsOf, withQuarantine } from '../helpers/quarantine-lab.ts';
import { anyItem, item, NEW_YEAR } from '../helpers/quarantine-samples.ts';

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

/** Counts agree with what is there. */
export function countsContract(fresh: FreshQuarantine): void {
  describe('counts', () => {
    test('the counts agree with the items, whatever was done to them and by whom', () =>
      withQuarantine(fresh, async (store, lab) => {
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
      withQuarantine(fresh, async (store) => {
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
      withQuarantine(fresh, async (store) => {
        const few = [100, 6_000, 11_999];
        const parts = (i: number) => (few.includes(i) ? { domain: 'health', reason: 'wrong-type' as const } : {});
        await store.put(Array.from({ length: 12_000 }, (_, i) => item(i, 0, parts(i))));
        expect(await idsOf(store, { domain: 'health' })).toEqual(['11999-0', '6000-0', '100-0']);
        expect(await idsOf(store, { domain: 'health', order: 'oldest', limit: 2 })).toEqual(['100-0', '6000-0']);
        expect(await idsOf(store, { domain: 'health', limit: 2, after: '11999-0' })).toEqual(['6000-0', '100-0']);
        expect(await idsOf(store, { device: 'counter-1', reason: 'wrong-type' })).toHaveLength(3);
      }));
  });
}
