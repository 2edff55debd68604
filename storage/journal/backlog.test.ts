import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Backlog, type BacklogEvent, BacklogFull, bounded, createBacklog } from './backlog.ts';
import { openJournal } from './lmdb.ts';
import type { JournalEntry, JournalWriter } from './port.ts';

const MIB = 2 ** 20;

function watched(limit: number): { backlog: Backlog; told: BacklogEvent[] } {
  const told: BacklogEvent[] = [];
  return { backlog: createBacklog(limit, (event) => told.push(event)), told };
}

const entry = (bytes: number): JournalEntry => ({
  device: 'loop-1',
  domain: 'traffic',
  provider: 'city',
  format: 'json',
  received: 1_000,
  payload: Buffer.alloc(bytes),
});

async function journalIn(path: string): Promise<JournalWriter> {
  const writer = await openJournal({ path });
  onTestFinished(() => writer.close());
  return writer;
}

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'backlog-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

describe('the backlog', () => {
  it('warns before it is full, each once, and takes again when there is room', () => {
    const { backlog, told } = watched(100);
    backlog.begin(0, 0, 0);
    backlog.flushed(1, 74);
    expect([backlog.alarm(), backlog.full(), told]).toEqual([false, false, []]);
    backlog.flushed(2, 1);
    expect([backlog.alarm(), backlog.full()]).toEqual([true, false]);
    for (let seq = 3; seq <= 30; seq += 1) backlog.flushed(seq, 1);
    expect([backlog.alarm(), backlog.full(), told]).toEqual([true, true, ['alarm', 'full']]);
    backlog.stored(30);
    expect([backlog.bytes(), backlog.alarm(), backlog.full()]).toEqual([0, false, false]);
    expect(told).toEqual(['alarm', 'full', 'takes-again', 'alarm-over']);
  });

  it('does not flap at the bound', () => {
    const { backlog, told } = watched(100 * MIB);
    for (let seq = 1; seq <= 100; seq += 1) backlog.flushed(seq, MIB);
    for (let seq = 1; seq <= 9; seq += 1) backlog.stored(seq);
    expect(backlog.full()).toBe(true);
    backlog.stored(10);
    expect([backlog.full(), backlog.alarm()]).toEqual([false, true]);
    expect(told).toEqual(['alarm', 'full', 'takes-again']);
  });

  it('counts as a sum over what waits does, to a mebibyte, in any order of flushes and commits', () => {
    const step = fc.oneof(
      fc.record({ flush: fc.integer({ min: 1, max: 3 * MIB }) }),
      fc.record({ store: fc.integer({ min: 1, max: 20 }) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.array(step, { maxLength: 300 }), (start, steps) => {
        const { backlog } = watched(1_000 * MIB);
        backlog.begin(start, start, 0);
        const sizes: number[] = [];
        let stored = 0;
        for (const one of steps) {
          if ('flush' in one) {
            sizes.push(one.flush);
            backlog.flushed(start + sizes.length, one.flush);
          } else {
            stored = Math.min(sizes.length, stored + one.store);
            backlog.stored(start + stored);
          }
          const waiting = sizes.slice(stored).reduce((sum, size) => sum + size, 0);
          expect(Math.abs(backlog.bytes() - waiting)).toBeLessThan(MIB);
          if (waiting === 0) expect(backlog.bytes()).toBe(0);
        }
      }),
    );
  });
});

describe('a journal with a bounded backlog', () => {
  it('refuses what comes at the bound and takes it once enough is stored', async () => {
    const journal = await journalIn(await directory());
    const { backlog, told } = watched(10_000);
    backlog.begin(0, 0, 0);
    journal.onFlushed(backlog.flushed);
    const kept = bounded(journal, backlog);
    let refused: unknown;
    for (let i = 0; i < 20 && refused === undefined; i += 1)
      await kept.append(entry(1_000)).catch((error: unknown) => {
        refused = error;
      });
    expect(refused).toBeInstanceOf(BacklogFull);
    await expect(kept.appendAll([entry(1)])).rejects.toBeInstanceOf(BacklogFull);
    expect(told).toEqual(['alarm', 'full']);
    expect(kept.head()).toBe(10);
    backlog.stored(5);
    await expect(kept.append(entry(10))).resolves.toBe(11);
  });

  it('says after a restart what lies behind any record, as it was counted before', async () => {
    const path = await directory();
    const first = await openJournal({ path });
    const { backlog } = watched(MIB);
    first.onFlushed(backlog.flushed);
    for (const size of [100, 200, 300, 70_000, 400]) await first.append(entry(size));
    const before = backlog.bytes();
    await first.close();
    const again = await journalIn(path);
    expect(again.bytesBehind(0)).toBe(before);
    expect(again.bytesBehind(2)).toBe(before - 100 - 200 - 2 * 16);
    expect(again.bytesBehind(4)).toBe(416);
    expect(again.bytesBehind(5)).toBe(0);
  });

  it('counts entries of one chunk as equally large', async () => {
    const path = await directory();
    const first = await openJournal({ path });
    await first.appendAll([entry(84), entry(84), entry(84), entry(84)]);
    expect([0, 1, 2, 3, 4].map((seq) => first.bytesBehind(seq))).toEqual([400, 300, 200, 100, 0]);
    await first.close();
  });
});
