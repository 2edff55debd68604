import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openJournal } from '../../storage/journal/lmdb.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { command, done } from '../helpers/command.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const Replayed = z.object({ replayed: z.number(), messages: z.number(), refused: z.number() });
const Quarantine = z.object({
  items: z.array(z.looseObject({ id: z.string(), reason: z.string(), replayed: z.string().nullable() })),
});
const Observations = z.object({
  items: z.array(
    z.looseObject({ metric: z.string(), time: z.string(), value: z.number(), flags: z.array(z.string()) }),
  ),
});

const MINUTE = 60_000;

describe('city quarantine replay', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let dataDir = '';
  let city: TestCity;
  const received = Date.now() - 5 * MINUTE;
  const at = (i: number) => received - MINUTE + i * 1_000;

  /** Messages of devices that the city does not know, as they were accepted before they were forgotten. */
  async function accepted(device: string, payloads: readonly string[]): Promise<void> {
    const journal = await openJournal({ path: join(dataDir, 'journal') });
    const entry = { device, domain: 'traffic', provider: 'hanoi', format: 'json', received } as const;
    await journal.appendAll(payloads.map((payload) => ({ ...entry, payload: Buffer.from(payload) })));
    await journal.close();
  }

  beforeAll(async () => {
    folder = await temporaryDirectory();
    dataDir = join(folder.path, 'data');
    city = await startCity({ dataDir });
    await city.stop();
  });
  afterAll(async () => {
    await city?.stop();
    await folder?.remove();
  });

  const observations = async (device: string) =>
    Observations.parse(
      await city.json(
        `/api/v1/observations?device=${device}&from=${received - 10 * MINUTE}&to=${Date.now()}&limit=1000`,
      ),
    ).items;
  const add = (id: string) =>
    done(['device', 'add', id, '--domain', 'traffic', '--kind', 'counter', '--at', '21.03,105.85'], { dataDir });
  const replay = async (...args: readonly string[]) =>
    Replayed.parse(await done(['quarantine', 'replay', ...args], { dataDir }));
  const quarantine = async (...args: readonly string[]) =>
    Quarantine.parse(await done(['quarantine', 'list', ...args], { dataDir })).items;

  it('stores what was set aside exactly once, however many ask at the same time', async () => {
    const timed = Array.from({ length: 40 }, (_, i) => JSON.stringify({ time: at(i), values: { mean_speed: 20 + i } }));
    await accepted('counter-ghost', [...timed, '{"values": {"vehicle_count": 7}}']);
    city = await startCity({ dataDir });
    const before = await city.settled();
    expect(before.messages).toMatchObject({ accepted: 41, quarantined: 41 });
    expect(new Set((await quarantine()).map(({ reason }) => reason))).toEqual(new Set(['unknown-device']));

    await add('counter-ghost');
    const ask = async () => Replayed.parse(await (await city.post('/api/v1/quarantine/replay', { all: true })).json());
    const all = await Promise.all([ask(), ask(), ask(), replay('--reason', 'unknown-device'), ask()]);
    expect(all.reduce((sum, { messages }) => sum + messages, 0)).toBe(41);
    const after = await city.settled();
    expect(after.messages).toEqual({ accepted: 82, processed: 41, quarantined: 41, pending: 0 });
    expect(after.observations).toMatchObject({ decoded: 41, stored: 41, duplicate: 0, quarantined: 0 });

    const stored = await observations('counter-ghost');
    expect(stored).toHaveLength(41);
    // A message without a time of its own still means the moment of its first receipt.
    expect(stored.find(({ metric }) => metric === 'vehicle_count')).toMatchObject({
      ...{ time: new Date(received).toISOString(), value: 7, flags: ['time-from-receipt'] },
    });
    expect((await quarantine()).every(({ replayed }) => replayed !== null)).toBe(true);
    expect(await replay('--all')).toEqual({ replayed: 0, messages: 0, refused: 0 });
  });

  it('counts what was stored of a message as duplicate, and what is still wrong comes back', async () => {
    const client = await city.connect('counter-half', await city.register({ id: 'counter-half' }));
    const reading = JSON.stringify({ time: at(0), values: { mean_speed: 31, occupancy: 900, vehicle_count: -1 } });
    await client.publishAsync('city/traffic/counter-half/telemetry', reading, { qos: 1 });
    await client.endAsync();
    const before = await city.settled();
    const items = await quarantine('--device', 'counter-half');
    expect(items).toHaveLength(2);
    const shown = await command(['quarantine', 'show', items[0]?.id ?? ''], { dataDir });
    expect(shown.stdout).toContain(reading);

    // Two items of one message: it goes once.
    expect(await replay(...items.map(({ id }) => id))).toMatchObject({ replayed: 2, messages: 1 });
    const after = await city.settled();
    expect(after.observations.stored).toBe(before.observations.stored);
    expect(after.observations.duplicate).toBe(before.observations.duplicate + 1);
    expect(after.observations.quarantined).toBe(before.observations.quarantined + 2);
    expect(await quarantine('--device', 'counter-half')).toHaveLength(4);
    const again = await command(['quarantine', 'replay', items[0]?.id ?? ''], { dataDir });
    expect([again.code, again.stderr]).toEqual([3, expect.stringMatching(/^city: it was replayed at .+\n$/)]);
  });

  it('keeps a long message whole, and says in words what cannot be replayed', async () => {
    const client = await city.connect('counter-long', await city.register({ id: 'counter-long' }));
    const reading = JSON.stringify({ time: at(0), values: { mean_speed: 900 }, comment: 'x'.repeat(9_000) });
    await client.publishAsync('city/traffic/counter-long/telemetry', reading, { qos: 1 });
    await client.endAsync();
    await city.settled();
    const [item] = await quarantine('--device', 'counter-long', '--state', 'waiting');
    expect((await command(['quarantine', 'show', item?.id ?? ''], { dataDir })).stdout).toContain(reading);
    expect(await replay('--device', 'counter-long')).toMatchObject({ replayed: 1, messages: 1 });
    await city.settled();
    const [again] = await quarantine('--device', 'counter-long', '--state', 'waiting');
    await city.api('/api/v1/devices/counter-long', { method: 'DELETE' });
    const said = await command(['quarantine', 'replay', '--device', 'counter-long'], { dataDir });
    expect(said).toMatchObject({ code: 0, stdout: '0 items replayed, in 0 messages\n' });
    expect(said.stderr).toBe(`1 cannot be replayed:\n  ${again?.id}: counter-long is not registered\n`);

    expect(await command(['quarantine', 'dismiss', again?.id ?? ''], { dataDir })).toMatchObject({ code: 0 });
    const counts = await done(['quarantine', 'summary', '--device', 'counter-long'], { dataDir });
    expect(counts).toMatchObject({
      ...{ items: 2, waiting: 0, replayed: 1, dismissed: 1 },
      reasons: [{ reason: 'out-of-range', items: 2 }],
    });
  });

  it('of a stopped city is stored at its next start', async () => {
    await city.stop();
    await accepted('counter-later', [JSON.stringify({ time: at(0), values: { mean_speed: 44 } })]);
    city = await startCity({ dataDir });
    await city.settled();
    await city.stop();
    await add('counter-later');
    expect(await replay('--device', 'counter-later')).toMatchObject({ replayed: 1, messages: 1 });
    city = await startCity({ dataDir });
    await city.settled();
    expect(await observations('counter-later')).toMatchObject([{ metric: 'mean_speed', value: 44 }]);
  });
});
