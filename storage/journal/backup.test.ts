import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, openJournalReader } from './lmdb.ts';
import { type JournalEntry, JournalUnavailable, type JournalWriter } from './port.ts';

const entries = (from: number, count: number): JournalEntry[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ device: `loop-${(from + i) % 3}`, domain: 'traffic', provider: 'city', format: 'json', received: from + i },
    payload: Buffer.from(`${from + i}${'.'.repeat(300)}`),
  }));

describe('a copy of the journal', () => {
  let directory: string;
  let journal: JournalWriter;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'journal-'));
    journal = await openJournal({ path: join(directory, 'journal') });
  });
  afterEach(async () => {
    await journal.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** All that a journal tells. */
  async function told(path: string) {
    const [writer, reader] = [await openJournal({ path }), await openJournalReader({ path })];
    const all = {
      head: writer.head(),
      oldest: reader.oldest(),
      accepted: writer.accepted(),
      records: reader
        .read(0, 1_000_000)
        .map((record) => ({ ...record, payload: Buffer.from(record.payload).toString() })),
    };
    await reader.close();
    await writer.close();
    return all;
  }

  it('opens as a journal with the same head, records and books, and goes on from there', async () => {
    await journal.appendAll(entries(1, 5_000));
    await journal.trim(2_000, 1_500);
    const copy = join(directory, 'copy');
    await journal.backup(copy);
    await journal.append(entries(5_001, 1)[0] ?? expect.unreachable());
    const first = await told(copy);
    await journal.close();
    const original = await told(join(directory, 'journal'));
    expect(first.head).toBe(5_000);
    expect(first.oldest).toBe(1_500);
    expect(first.records).toEqual(original.records.slice(0, -1));
    expect(first.accepted.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(5_000);
    const writer = await openJournal({ path: copy });
    expect(await writer.appendAll(entries(9, 2))).toBe(5_002);
    await writer.close();
  });

  it('is of one moment while appending and trimming go on', async () => {
    await journal.appendAll(entries(1, 20_000));
    let copied = false;
    const copying = journal.backup(join(directory, 'copy')).finally(() => {
      copied = true;
    });
    while (!copied) {
      await journal.appendAll(entries(journal.head() + 1, 500));
      await journal.trim(journal.head() - 10_000, Number.POSITIVE_INFINITY);
    }
    await copying;
    const { head, oldest, records, accepted } = await told(join(directory, 'copy'));
    expect(head).toBeGreaterThanOrEqual(20_000);
    expect(head % 500).toBe(0);
    expect(records.map(({ seq }) => seq)).toEqual(Array.from({ length: head - oldest + 1 }, (_, i) => oldest + i));
    for (const { seq, payload } of records) expect(payload.startsWith(`${seq}.`)).toBe(true);
    expect(accepted.reduce((sum, each) => sum + each.accepted, 0)).toBe(head);
  });

  it('is waited for by closing, and refused afterwards', async () => {
    await journal.appendAll(entries(1, 100));
    const copying = journal.backup(join(directory, 'copy'));
    await journal.close();
    await copying;
    expect((await told(join(directory, 'copy'))).head).toBe(100);
    await expect(journal.backup(join(directory, 'late'))).rejects.toThrow(JournalUnavailable);
  });

  it('never takes the place of what is there, and leaves nothing where it fails', async () => {
    await journal.appendAll(entries(1, 10));
    await writeFile(join(directory, 'file'), 'precious');
    for (const taken of ['journal', 'file', join('file', 'below')])
      await expect(journal.backup(join(directory, taken))).rejects.toThrow(JournalUnavailable);
    expect((await readdir(directory)).sort()).toEqual(['file', 'journal']);
    expect(await journal.append(entries(11, 1)[0] ?? expect.unreachable())).toBe(11);
  });
});
