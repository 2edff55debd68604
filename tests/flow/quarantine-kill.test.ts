import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { openJournal } from '../../storage/journal/lmdb.ts';
import { startCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const Overview = z.object({ items: z.number(), waiting: z.number(), replayed: z.number() });
const Page = z.object({ items: z.array(z.object({ value: z.number() })), next: z.string().nullable() });
const DEVICE = 'counter-ghost';
const MESSAGES = 2_000;
const KILLS = 5;
/** ms from the request to the end of the process: some meet it before, some within, some behind a batch. */
const moments = Array.from({ length: KILLS }, (_, i) => 5 + i * 25);

it('killed while it replays, the city replays every message exactly once', async () => {
  const folder = await temporaryDirectory();
  const dataDir = join(folder.path, 'data');
  let city = await startCity({ dataDir });
  try {
    await city.stop();
    const received = Date.now() - 60_000;
    const journal = await openJournal({ path: join(dataDir, 'journal') });
    await journal.appendAll(
      Array.from({ length: MESSAGES }, (_, i) => ({
        ...{ device: DEVICE, domain: 'traffic', provider: 'hanoi', format: 'json', received },
        payload: Buffer.from(JSON.stringify({ time: received - i, values: { vehicle_count: i } })),
      })),
    );
    await journal.close();

    city = await startCity({ dataDir });
    expect((await city.settled()).messages).toMatchObject({ accepted: MESSAGES, quarantined: MESSAGES });
    await city.register({ id: DEVICE });
    for (const moment of moments) {
      const asked = city.post('/api/v1/quarantine/replay', { all: true }).catch(() => undefined);
      await after(moment);
      await city.kill();
      await asked;
      city = await startCity({ dataDir });
      // What is called replayed is in the journal, and nothing else of it is.
      const { messages } = await city.ledger();
      const overview = Overview.parse(await city.json('/api/v1/quarantine/summary'));
      expect(messages.accepted).toBe(MESSAGES + overview.replayed);
    }
    expect((await city.post('/api/v1/quarantine/replay', { all: true })).status).toBe(200);
    expect((await city.settled()).messages).toEqual({
      ...{ accepted: 2 * MESSAGES, processed: MESSAGES, quarantined: MESSAGES, pending: 0 },
    });
    expect(Overview.parse(await city.json('/api/v1/quarantine/summary'))).toEqual({
      ...{ items: MESSAGES, waiting: 0, replayed: MESSAGES },
    });
    const values: number[] = [];
    for (let cursor = ''; ; ) {
      const query = `device=${DEVICE}&from=${received - MESSAGES}&to=${received + 1}&limit=1000${cursor}`;
      const { items, next } = Page.parse(await city.json(`/api/v1/observations?${query}`));
      values.push(...items.map(({ value }) => value));
      if (next === null) break;
      cursor = `&cursor=${encodeURIComponent(next)}`;
    }
    expect(values.sort((a, b) => a - b)).toEqual(Array.from({ length: MESSAGES }, (_, i) => i));
  } finally {
    await city.stop();
    await folder.remove();
  }
});
