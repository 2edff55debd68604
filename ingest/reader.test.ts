import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JournalRecord } from '../storage/journal/port.ts';
import { createHead } from './head.ts';
import { BATCH, createReader } from './reader.ts';

const record = (seq: number): JournalRecord => ({
  ...{ seq, device: 'loop-1', domain: 'traffic', provider: 'city', format: 'json', received: 1_000 },
  payload: Buffer.from('{}'),
});

/** A reader of a journal with so many records, and how often each was decoded. */
function readerOf(records: number) {
  const decodings = new Map<number, number>();
  const journal = {
    read: (after: number, limit: number) =>
      Array.from({ length: Math.min(limit, records - after) }, (_, i) => record(after + 1 + i)),
    oldest: () => 1,
    close: async () => undefined,
  };
  const reader = createReader(journal, {
    async decode(some) {
      for (const { seq } of some) decodings.set(seq, (decodings.get(seq) ?? 0) + 1);
      return some.map((one) => ({ record: one, observations: [], rejections: [], rejected: undefined }));
    },
    forget: () => undefined,
  });
  return { reader, decodings };
}

it('stores together what was decoded in small batches, each record decoded once and in its place', async () => {
  const flushes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 100 });
  const gatherings = fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(flushes, gatherings, async (grown, waits) => {
      const { reader, decodings } = readerOf(grown.reduce((sum, n) => sum + n, 0));
      const stored: number[] = [];
      let [head, live, behind] = [0, 0, 0];
      const wait = waits[Symbol.iterator]();
      for (const flush of grown) {
        head += flush;
        ({ upTo: live } = await reader.next(live, head));
        behind += 1;
        if (behind <= (wait.next().value ?? 3)) continue;
        behind = 0;
        const { after, decoded, upTo } = await reader.gathered(stored.length, head);
        expect([after, upTo]).toEqual([stored.length, head]);
        stored.push(...decoded.map((one) => one.record.seq));
      }
      expect(stored).toEqual(stored.map((_, i) => i + 1));
      expect([...decodings.values()].every((times) => times === 1)).toBe(true);
    }),
  );
});

it('gathers no more than a batch takes, and goes on behind it', async () => {
  const { reader } = readerOf(3 * BATCH);
  let after = 0;
  const sizes: number[] = [];
  while (after < 3 * BATCH) {
    const { decoded, upTo } = await reader.gathered(after, 3 * BATCH);
    sizes.push(decoded.length);
    after = upTo;
  }
  expect(sizes).toEqual([BATCH, BATCH, BATCH]);
  expect(await reader.gathered(after, after)).toMatchObject({ upTo: after, decoded: [] });
});

it('wakes who waits for so many records when they are there, when the time is over, or when ingest stops', async () => {
  const head = createHead();
  const told: string[] = [];
  const many = head.reached(10, 60_000).then(() => told.push('many'));
  head.moved(9);
  await head.reached(1_000, 1).then(() => told.push('time'));
  head.moved(10);
  await many;
  const endless = head.reached(1_000, 60_000).then(() => told.push('stop'));
  head.stop();
  await endless;
  expect(told).toEqual(['time', 'many', 'stop']);
});
