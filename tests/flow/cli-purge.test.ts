import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startCity, type TestCity } from '../helpers/city.ts';
import { command, done } from '../helpers/command.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const Purged = z.object({ devices: z.number(), observations: z.number(), quarantined: z.number() });
const Items = z.object({ items: z.array(z.looseObject({})) });

const SIMULATED = 40;
const DAY = 86_400_000;

describe('city simulated purge', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let dataDir = '';
  let city: TestCity;
  const from = Date.now() - DAY;
  const to = Date.now() + DAY;
  const fleet = { SIMULATE: String(SIMULATED), SIMULATE_HISTORY: 'off' };
  beforeAll(async () => {
    folder = await temporaryDirectory();
    dataDir = join(folder.path, 'data');
    city = await startCity({ dataDir, env: fleet });
  });
  afterAll(async () => {
    await city?.stop();
    await folder?.remove();
  });

  const items = async (path: string) => Items.parse(await city.json(path)).items;
  const ranged = (path: string) => `${path}&from=${from}&to=${to}&limit=1000`;
  const real = async () => ({
    devices: await items('/api/v1/devices?simulated=exclude&limit=1000'),
    observations: await items(ranged('/api/v1/observations?device=counter-real')),
    latest: await items('/api/v1/devices/counter-real/latest'),
    hours: await items(`/api/v1/aggregates?metric=mean_speed&simulated=exclude&window=1h&from=${from}&to=${to}`),
    quarantine: await items('/api/v1/quarantine?device=counter-real&limit=1000'),
  });
  const send = async (id: string, device: Record<string, unknown> = {}) => {
    const client = await city.connect(id, await city.register({ id, ...device }));
    for (const [i, speed] of [31, 32, 9_999].entries()) {
      const reading = JSON.stringify({ time: from + i * 1_000, values: { mean_speed: speed } });
      await client.publishAsync(`city/traffic/${id}/telemetry`, reading, { qos: 1 });
    }
    return client;
  };

  it('removes all that is simulated and nothing that is real', async () => {
    const client = await send('counter-real');
    // Marked as simulated, but not of the city's own fleet, and under a provider that has real devices too.
    const stray = await send('counter-stray', { simulated: true, provider: 'sgtvt' });
    stray.on('error', () => {});
    await city.register({ id: 'counter-sgtvt', provider: 'sgtvt' });
    await vi.waitFor(async () => expect((await city.ledger()).observations.stored).toBeGreaterThan(SIMULATED), {
      timeout: 60_000,
      interval: 100,
    });
    await city.settled();
    const before = await real();
    expect([before.observations.length, before.latest.length, before.quarantine.length]).toEqual([2, 1, 1]);
    expect(await items('/api/v1/devices?simulated=only&limit=1000')).toHaveLength(SIMULATED + 1);

    const purged = Purged.parse(await done(['simulated', 'purge'], { dataDir }));
    expect(purged.devices).toBe(SIMULATED + 1);
    expect(purged.observations).toBeGreaterThan(SIMULATED);
    expect(purged.quarantined).toBeGreaterThanOrEqual(1);

    expect(await real()).toEqual(before);
    expect(await items('/api/v1/devices?simulated=only')).toEqual([]);
    expect(await items(ranged('/api/v1/observations?simulated=only'))).toEqual([]);
    expect((await items('/api/v1/providers')).map(({ id }) => id)).toEqual(['hanoi', 'sgtvt']);
    expect((await city.api('/api/v1/devices/counter-stray')).status).toBe(404);
    expect(await items('/api/v1/quarantine?device=counter-stray')).toEqual([]);
    expect(await readdir(dataDir)).not.toContain('fleet.json');

    // The books keep what they counted, and what is real goes on.
    await client.publishAsync('city/traffic/counter-real/telemetry', '{"values": {"mean_speed": 33}}', { qos: 1 });
    const { messages, observations } = await city.settled();
    expect(messages.accepted).toBe(messages.processed + messages.quarantined);
    expect(observations.stored).toBe(purged.observations + 3);
    await client.endAsync();
    await stray.endAsync(true);
  });

  it('holds after a start without the fleet, and is done again after one with it', async () => {
    await city.stop();
    city = await startCity({ dataDir });
    expect((await items('/api/v1/devices')).map(({ id }) => id)).toEqual(['counter-real', 'counter-sgtvt']);
    expect(await items(ranged('/api/v1/observations?domain=traffic'))).toHaveLength(3);
    await city.stop();

    city = await startCity({ dataDir, env: fleet });
    await vi.waitFor(
      async () => expect(await items('/api/v1/devices?simulated=only&limit=1000')).toHaveLength(SIMULATED),
      {
        timeout: 60_000,
        interval: 100,
      },
    );
    await city.settled();
    await city.stop();
    // A clean stop may leave messages that are not stored: they are stored first, by a start.
    const first = await command(['simulated', 'purge', '--json'], { dataDir });
    if (first.code === 3) {
      expect(first.stderr).toContain('start the city once');
      city = await startCity({ dataDir });
      await city.settled();
      await city.stop();
      await done(['simulated', 'purge'], { dataDir });
    } else expect(first.code).toBe(0);
    city = await startCity({ dataDir });
    expect((await items('/api/v1/devices')).map(({ id }) => id)).toEqual(['counter-real', 'counter-sgtvt']);
    expect(await items(ranged('/api/v1/observations?domain=traffic'))).toHaveLength(3);
  });
});
