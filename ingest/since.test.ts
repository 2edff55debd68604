import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogue } from '../model/catalogue.ts';
import { openJournal, openJournalReader } from '../storage/journal/lmdb.ts';
import type { JournalReader, JournalWriter } from '../storage/journal/port.ts';
import { createDecoder } from './decode.ts';
import { createSince } from './since.ts';

const RECEIVED = Date.parse('2026-11-24T05:00:00Z');

describe('reading the live stream again', () => {
  let folder: string;
  let journal: JournalWriter;
  let reader: JournalReader;
  let since: ReturnType<typeof createSince>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'since-'));
    journal = await openJournal({ path: folder });
    reader = await openJournalReader({ path: folder });
    const decoder = createDecoder(
      { catalogue, convert: (value) => value, rawRetention: 90 * 86_400_000 },
      async (id) => ({
        ...{ id, domain: 'traffic', kind: 'counter', name: id, geometry: null, provider: 'hanoi', tags: {} },
        ...{ simulated: false, state: 'active', created: '2026-01-01T00:00:00Z', updated: '2026-01-01T00:00:00Z' },
      }),
    );
    since = createSince(reader, decoder, () => journal.head());
  });
  afterEach(async () => {
    await reader.close();
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Writes so many messages of two observations each. */
  const write = (count: number) =>
    journal.appendAll(
      Array.from({ length: count }, (_, i) => ({
        ...{ device: 'counter-1', domain: 'traffic', provider: 'hanoi', format: 'json' as const, received: RECEIVED },
        payload: Buffer.from(JSON.stringify({ time: RECEIVED - 1_000 + i, values: { mean_speed: i, occupancy: i } })),
      })),
    );
  const ids = async (after: string) => (await since(after, 100)).items.map(({ id }) => id);

  it('goes on in the middle of a message', async () => {
    await write(3);
    expect(await ids('2.0')).toEqual(['2.1', '3.0', '3.1']);
    expect(await ids('3.1')).toEqual([]);
  });

  it.each([0, 3])('says that it cannot from beyond a head of %i, and where now is', async (count) => {
    if (count > 0) await write(count);
    const answer = await since('900000.0', 100);
    expect(answer).toMatchObject({ items: [], complete: false });
    expect(await since(answer.next, 100)).toEqual({ items: [], next: answer.next, complete: true });
    await write(1);
    expect(await ids(answer.next)).toEqual([`${count + 1}.0`, `${count + 1}.1`]);
  });

  it('says once that the journal reaches back no further, also where nothing is left of it', async () => {
    await write(3);
    await journal.trim(3, RECEIVED + 1);
    const answer = await since('1.1', 100);
    expect(answer).toMatchObject({ items: [], complete: false });
    expect(await since(answer.next, 100)).toEqual({ items: [], next: answer.next, complete: true });
    await write(1);
    expect(await ids(answer.next)).toEqual(['4.0', '4.1']);
  });
});
