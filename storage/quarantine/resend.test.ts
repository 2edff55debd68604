import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, openJournalReader } from '../journal/lmdb.ts';
import { type JournalEntry, type JournalReader, JournalUnavailable, type JournalWriter } from '../journal/port.ts';
import type { QuarantineStore, SetAside } from './port.ts';
import { createResender } from './resend.ts';
import { openSqliteQuarantine } from './sqlite.ts';

const RECEIVED = Date.UTC(2026, 10, 20);

/** Two messages of the same words in the same millisecond: 1 and 2; the others differ. */
function entryOf(seq: number): JournalEntry {
  const payload = Buffer.from(JSON.stringify({ n: seq <= 2 ? 0 : seq }));
  return { device: 'counter-1', domain: 'traffic', provider: 'hanoi', format: 'json', received: RECEIVED, payload };
}
const itemOf = (seq: number, index = 0): SetAside => ({
  ...{
    id: `${seq}-${index}`,
    scope: 'observation',
    device: 'counter-1',
    provider: 'then',
    domain: 'then',
    format: 'json',
  },
  ...{ received: new Date(RECEIVED).toISOString(), reason: 'out-of-range', detail: 'x', metric: 'mean_speed' },
  ...{ payload: Buffer.from(entryOf(seq).payload).toString(), encoding: 'utf8', truncated: false },
});
const resent = (...seqs: readonly number[]) => seqs.map((seq) => ({ seq, entry: entryOf(seq) }));

let directory: string;
let quarantine: QuarantineStore;
let journal: JournalWriter;
let reader: JournalReader;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'resend-'));
  quarantine = await openSqliteQuarantine({ path: join(directory, 'quarantine.db') });
  journal = await openJournal({ path: join(directory, 'journal') });
  reader = await openJournalReader({ path: join(directory, 'journal') });
  await quarantine.put([itemOf(1), itemOf(2), itemOf(3), itemOf(3, 1), itemOf(4)]);
});
afterEach(async () => {
  await reader.close();
  await journal.close();
  await quarantine.close();
  await rm(directory, { recursive: true, force: true });
});

const resender = (other: Partial<JournalWriter> = {}) =>
  createResender({
    quarantine,
    journal: {
      appendAll: (entries) => (other.appendAll ?? journal.appendAll.bind(journal))(entries),
      head: () => journal.head(),
      trim: (upTo, before) => (other.trim ?? journal.trim.bind(journal))(upTo, before),
    },
    reader,
  });
const replayed = async () =>
  (await quarantine.list({ state: 'replayed', order: 'oldest', limit: 10 })).map(({ id }) => id);
const inJournal = () => reader.read(0, 1_000).map(({ payload }) => Buffer.from(payload).toString());

describe('resending', () => {
  it('says replayed of what is in the journal, and of nothing twice', async () => {
    expect(await resender().resend(resent(3, 4))).toEqual([
      { seq: 3, items: 2 },
      { seq: 4, items: 1 },
    ]);
    expect(await resender().resend(resent(4, 3))).toEqual([]);
    expect(await replayed()).toEqual(['3-0', '3-1', '4-0']);
    expect(inJournal()).toEqual(['{"n":3}', '{"n":4}']);
  });

  it('killed between claim and append, lets the messages wait again', async () => {
    await quarantine.claim([3, 4], journal.head());
    expect(await resender().settle()).toEqual({ replayed: 0, released: 2 });
    expect(await replayed()).toEqual([]);
    expect(await resender().resend(resent(3, 4))).toHaveLength(2);
  });

  it('killed between append and the mark, finds the messages in the journal', async () => {
    await journal.appendAll([entryOf(9), entryOf(3)]);
    await quarantine.claim([3, 4], journal.head());
    // What the device itself sends meanwhile is not what was replayed.
    await journal.appendAll([
      { ...entryOf(4), received: RECEIVED + 1 },
      { ...entryOf(4), device: 'counter-2' },
    ]);
    await journal.appendAll([{ ...entryOf(4), provider: 'now', domain: 'now' }]);
    // Message 3 stands before its claim only: that was the first time.
    expect(await resender().settle()).toEqual({ replayed: 1, released: 1 });
    expect(await replayed()).toEqual(['4-0']);
    expect(await resender().settle()).toEqual({ replayed: 0, released: 0 });
  });

  it('of two equal messages one record answers for one', async () => {
    await quarantine.claim([1, 2], journal.head());
    await journal.append(entryOf(1));
    expect(await resender().settle()).toEqual({ replayed: 1, released: 1 });
    expect(await resender().resend(resent(1, 2))).toHaveLength(1);
    expect(await replayed()).toEqual(['1-0', '2-0']);
    expect(inJournal()).toEqual(['{"n":0}', '{"n":0}']);
  });

  it('finds a message behind thousands of others', async () => {
    await quarantine.claim([4], journal.head());
    await journal.appendAll(Array.from({ length: 5_000 }, (_, i) => entryOf(100 + i)));
    await journal.append(entryOf(4));
    expect(await resender().settle()).toEqual({ replayed: 1, released: 0 });
  });

  it('where the journal took nothing, sends them the next time', async () => {
    const full = new JournalUnavailable('the disk is full');
    let broken = true;
    const one = resender({
      appendAll: (entries) => (broken ? Promise.reject(full) : journal.appendAll(entries)),
      trim: (upTo, before) => (broken ? Promise.reject(full) : journal.trim(upTo, before)),
    });
    await expect(one.resend(resent(3))).rejects.toThrow(full);
    // Nobody knows yet what became of it: nothing is sent before that is settled.
    await expect(one.resend(resent(4))).rejects.toThrow(full);
    expect(await replayed()).toEqual([]);
    broken = false;
    expect(await one.resend(resent(3, 4))).toHaveLength(2);
    expect(inJournal()).toEqual(['{"n":3}', '{"n":4}']);
  });

  it('where the journal took it and could not say so, does not send it again', async () => {
    let calls = 0;
    const one = resender({
      async appendAll(entries) {
        calls += 1;
        await journal.appendAll(entries);
        throw new JournalUnavailable('the disk failed after the commit');
      },
    });
    await expect(one.resend(resent(3))).rejects.toThrow(JournalUnavailable);
    expect(await replayed()).toEqual([]);
    expect(await one.resend(resent(3))).toEqual([]);
    expect(await replayed()).toEqual(['3-0', '3-1']);
    expect(calls).toBe(1);
    expect(inJournal()).toEqual(['{"n":3}']);
  });

  it('does not take a resending that is under way for one that was left open', async () => {
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const one = resender({
      async appendAll(entries) {
        await gate;
        return await journal.appendAll(entries);
      },
    });
    const sending = one.resend(resent(3));
    const settling = one.settle();
    go();
    expect(await sending).toHaveLength(1);
    expect(await settling).toEqual({ replayed: 0, released: 0 });
    expect(await replayed()).toEqual(['3-0', '3-1']);
  });

  it('of an item that went meanwhile nothing is left open', async () => {
    await quarantine.claim([3, 4], journal.head());
    await quarantine.erase(['counter-1']);
    expect(await resender().settle()).toEqual({ replayed: 0, released: 0 });
  });
});
