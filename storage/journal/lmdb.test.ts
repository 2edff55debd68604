import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHUNK_BYTES } from './chunk.ts';
import { openJournal, openJournalReader } from './lmdb.ts';
import { type JournalEntry, type JournalReader, type JournalRecord, JournalUnavailable } from './port.ts';

const entry = (text: string, more: Partial<JournalEntry> = {}): JournalEntry => ({
  device: 'loop-1',
  domain: 'traffic',
  provider: 'city',
  format: 'json',
  received: 1_000,
  payload: Buffer.from(text),
  ...more,
});

const numbered = (count: number, more: Partial<JournalEntry> = {}) =>
  Array.from({ length: count }, (_, i) => entry(`${i + 1}`, more));

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'journal-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A journal and a reader of it, both closed after the test. */
async function journal(path?: string) {
  const at = path ?? (await directory());
  const writer = await openJournal({ path: at });
  const reader = await openJournalReader({ path: at });
  onTestFinished(async () => {
    await reader.close();
    await writer.close();
  });
  return { path: at, writer, reader };
}

/** Everything in the journal, read in steps of `step`. */
function all(reader: JournalReader, step = 1_000): JournalRecord[] {
  const records: JournalRecord[] = [];
  for (;;) {
    const more = reader.read(records.at(-1)?.seq ?? 0, step);
    if (more.length === 0) return records;
    records.push(...more);
  }
}

const seqs = (records: readonly JournalRecord[]) => records.map(({ seq }) => seq);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const texts = (records: readonly JournalRecord[]) => records.map(({ payload }) => Buffer.from(payload).toString());

describe('the journal', () => {
  it('is empty at first', async () => {
    const { writer, reader } = await journal();
    expect([writer.head(), writer.waiting(), writer.accepted()]).toEqual([0, 0, []]);
    expect([reader.read(0, 10), reader.oldest()]).toEqual([[], 1]);
  });

  it('numbers entries from 1 in the order they were appended and gives them back untouched', async () => {
    const { writer, reader } = await journal();
    const entries = numbered(2_000).map((one, i) => ({ ...one, device: `d-${i % 7}`, received: 1_000 + i }));
    const given = await Promise.all(entries.map((one) => writer.append(one)));
    expect(given).toEqual(upTo(2_000));
    expect(writer.head()).toBe(2_000);
    expect(all(reader)).toEqual(entries.map((one, i) => ({ seq: i + 1, ...one, payload: Buffer.from(one.payload) })));
  });

  it('commits the entries of one turn together and tells the head once', async () => {
    const { writer } = await journal();
    const heads: number[] = [];
    writer.onFlushed((head) => heads.push(head));
    const appended = numbered(500).map((one) => writer.append(one));
    expect(writer.waiting()).toBe(500);
    await Promise.all(appended);
    expect([heads, writer.waiting()]).toEqual([[500], 0]);
  });

  it('gathers entries for the commit delay', async () => {
    const path = await directory();
    const writer = await openJournal({ path, commitDelayMs: 100 });
    onTestFinished(() => writer.close());
    const heads: number[] = [];
    writer.onFlushed((head) => heads.push(head));
    const first = writer.append(entry('a'));
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, writer.append(entry('b'))]);
    expect(heads).toEqual([2]);
  });

  it('appends a group in one piece, also one larger than a chunk, and answers its last number', async () => {
    const { writer, reader } = await journal();
    const large = Array.from({ length: 5 }, (_, i) => entry('x'.repeat(CHUNK_BYTES - 100 + i * 50)));
    const [, last] = await Promise.all([writer.append(entry('a')), writer.appendAll(large), writer.append(entry('b'))]);
    expect(last).toBe(6);
    expect(texts(all(reader, 2))).toEqual(['a', ...large.map(({ payload }) => payload.toString()), 'b']);
    expect(await writer.appendAll([])).toBe(7);
  });

  it('a listener that was taken off hears nothing, one that throws harms nothing', async () => {
    const { writer } = await journal();
    const heard: number[] = [];
    const off = writer.onFlushed((head) => heard.push(head));
    writer.onFlushed(() => {
      throw new Error('listener');
    });
    await writer.append(entry('a'));
    off();
    expect(await writer.append(entry('b'))).toBe(2);
    expect(heard).toEqual([1]);
  });

  it('goes on where it was after a restart', async () => {
    const path = await directory();
    const first = await openJournal({ path });
    await first.appendAll(numbered(10, { device: 'a' }));
    await first.close();
    const { writer, reader } = await journal(path);
    expect(writer.head()).toBe(10);
    expect(await writer.append(entry('11', { device: 'b', format: 'senml' }))).toBe(11);
    expect(seqs(all(reader))).toEqual(upTo(11));
    expect(all(reader).at(-1)).toMatchObject({ device: 'b', format: 'senml' });
  });

  it('close() flushes what waits and refuses what comes later', async () => {
    const path = await directory();
    const writer = await openJournal({ path });
    const waiting = writer.append(entry('a'));
    const closed = writer.close();
    await expect(writer.append(entry('b'))).rejects.toBeInstanceOf(JournalUnavailable);
    await closed;
    expect(await waiting).toBe(1);
  });

  it('rejects with JournalUnavailable where it cannot be opened', async () => {
    const file = join(await directory(), 'file');
    await writeFile(file, '');
    await expect(openJournal({ path: join(file, 'journal') })).rejects.toBeInstanceOf(JournalUnavailable);
  });
});

describe('accepted counts', () => {
  it('agree with the entries, by provider and device, also after restarts and in any order', async () => {
    const source = fc.record({
      device: fc.constantFrom('a', 'b', 'c'),
      provider: fc.constantFrom('p', 'q'),
      domain: fc.constantFrom('traffic', 'health'),
      format: fc.constantFrom('json' as const, 'senml' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(source, { maxLength: 20 }), { maxLength: 4 }), async (runs) => {
        const path = await mkdtemp(join(tmpdir(), 'journal-'));
        const expected = new Map<string, number>();
        for (const run of runs) {
          const writer = await openJournal({ path, flush: false });
          await Promise.all(run.map((more) => writer.append(entry('x', more))));
          for (const { provider, device } of run) {
            expected.set(`${provider}/${device}`, (expected.get(`${provider}/${device}`) ?? 0) + 1);
          }
          const counts = writer.accepted().map((one) => [`${one.provider}/${one.device}`, one.accepted] as const);
          expect(new Map(counts)).toEqual(expected);
          expect(counts).toHaveLength(expected.size);
          await writer.close();
        }
        await rm(path, { recursive: true });
      }),
      { numRuns: 25 },
    );
  });

  it('hold for more devices than one page of counts', async () => {
    const path = await directory();
    const first = await openJournal({ path });
    const devices = Array.from({ length: 1_000 }, (_, i) => entry('x', { device: `d-${i}` }));
    await first.appendAll(devices);
    await first.appendAll(devices.slice(0, 300));
    await first.close();
    const { writer } = await journal(path);
    const counts = new Map(writer.accepted().map(({ device, accepted }) => [device, accepted]));
    expect(counts).toEqual(new Map(devices.map(({ device }, i) => [device, i < 300 ? 2 : 1])));
  });
});

describe('trimming', () => {
  it('deletes up to a number, only what was received before, and says how many', async () => {
    const { writer, reader } = await journal();
    await writer.appendAll(numbered(10).map((one, i) => ({ ...one, received: 1_000 + i })));
    await writer.append(entry('late', { received: 5_000 }));
    expect(await writer.trim(4, 9_999)).toBe(4);
    expect([reader.oldest(), seqs(reader.read(0, 3))]).toEqual([5, [5, 6, 7]]);
    expect(await writer.trim(11, 1_006)).toBe(2);
    expect(reader.oldest()).toBe(7);
    expect(await writer.trim(11, 2_000)).toBe(4);
    expect([reader.oldest(), texts(all(reader))]).toEqual([11, ['late']]);
  });

  it('never goes beyond the head, and the numbers go on after everything went, also over a restart', async () => {
    const path = await directory();
    const first = await openJournal({ path });
    await first.appendAll(numbered(20, { device: 'a' }));
    expect(await first.trim(1_000, 9_999)).toBe(20);
    await first.close();
    const { writer, reader } = await journal(path);
    expect([writer.head(), reader.oldest(), all(reader)]).toEqual([20, 21, []]);
    expect(await writer.append(entry('next'))).toBe(21);
    expect(seqs(all(reader))).toEqual([21]);
    expect(writer.accepted()).toEqual([
      { provider: 'city', device: 'a', accepted: 20 },
      { provider: 'city', device: 'loop-1', accepted: 1 },
    ]);
  });

  it('goes in bounded steps, so that appends pass in between', async () => {
    const { writer, reader } = await journal();
    for (let i = 0; i < 150; i += 1) await writer.append(entry(`${i}`));
    const order: string[] = [];
    const trimmed = writer.trim(150, 9_999).then((removed) => order.push(`trimmed ${removed}`));
    await writer.append(entry('between')).then((seq) => order.push(`appended ${seq}`));
    await trimmed;
    expect(order).toEqual(['appended 151', 'trimmed 150']);
    expect(seqs(all(reader))).toEqual([151]);
  });
});

describe('a reader in another thread', () => {
  it('sees each record once its flush is told', async () => {
    const { path, writer } = await journal();
    const module = JSON.stringify(new URL('./lmdb.ts', import.meta.url).href);
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      import('tsx/esm/api').then(async ({ register }) => {
        register();
        const { openJournalReader } = await import(${module});
        const reader = await openJournalReader({ path: workerData });
        parentPort.on('message', ([after, limit]) =>
          parentPort.postMessage(
            reader.read(after, limit).map(({ seq, payload }) => [seq, Buffer.from(payload).toString()]),
          ),
        );
        parentPort.postMessage('open');
      });`;
    const worker = new Worker(script, { eval: true, workerData: path });
    onTestFinished(async () => void (await worker.terminate()));
    expect(await once(worker, 'message')).toEqual(['open']);
    const read = async (after: number, limit: number) => {
      worker.postMessage([after, limit]);
      const [records]: unknown[] = await once(worker, 'message');
      return records;
    };
    for (let i = 1; i <= 20; i += 1) {
      await writer.append(entry(`text ${i}`, { device: `d-${i}` }));
      expect(await read(i - 1, 10)).toEqual([[i, `text ${i}`]]);
    }
  });
});
