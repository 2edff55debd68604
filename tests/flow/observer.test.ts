import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startCity, type TestCity } from '../helpers/city.ts';
import { closed } from '../helpers/mqtt.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const Registered = z.object({ credential: z.object({ username: z.string(), password: z.string() }) });

describe('an observer', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    city = await startCity({ dataDir: folder.path });
  });
  afterAll(async () => {
    await city?.stop();
    await folder?.remove();
  });

  async function observer(username: string): Promise<string> {
    const answer = await city.post('/api/v1/observers', { username });
    expect(answer.status).toBe(201);
    return Registered.parse(await answer.json()).credential.password;
  }

  it('reads the city over MQTT: telemetry and status of every device', async () => {
    const client = await city.connect('wall', await observer('wall'));
    const seen = new Map<string, string>();
    client.on('message', (topic, payload) => seen.set(topic, payload.toString()));
    const [granted] = await client.subscribeAsync('city/#', { qos: 1 });
    expect(granted?.qos).toBe(1);

    const device = await city.connect('counter-seen', await city.register({ id: 'counter-seen' }));
    const reading = JSON.stringify({ time: Date.now(), values: { mean_speed: 31.5 } });
    await device.publishAsync('city/traffic/counter-seen/telemetry', reading, { qos: 1 });
    await vi.waitFor(
      () => {
        expect(seen.get('city/traffic/counter-seen/telemetry')).toBe(reading);
        expect(JSON.parse(seen.get('city/traffic/counter-seen/status') ?? '{}')).toMatchObject({ online: true });
      },
      { timeout: 30_000, interval: 20 },
    );
    await device.endAsync();
    await client.endAsync();
  });

  it('publishes nothing', async () => {
    const password = await observer('wall-2');
    await city.register({ id: 'counter-safe' });
    const before = await city.settled();
    const client = await city.connect('wall-2', password);
    client.on('error', () => {});
    const cut = closed(client);
    client.publish('city/traffic/counter-safe/telemetry', '{"values": {"mean_speed": 1}}', { qos: 1 }, () => {});
    await cut;
    await client.endAsync(true);
    expect((await city.settled()).messages).toEqual(before.messages);
  });

  it('is let in with both passwords while they overlap, and put out where the old one ends at once', async () => {
    const first = await observer('wall-3');
    const client = await city.connect('wall-3', first);
    client.on('error', () => {});
    const cut = closed(client);
    const renewed = async (query: string) => {
      const answer = await city.post(`/api/v1/observers/wall-3/credential${query}`, undefined);
      return z.object({ password: z.string() }).parse(await answer.json()).password;
    };
    const second = await renewed('');
    for (const password of [first, second])
      await (await city.connect('wall-3', password, { clientId: 'wall-3:more' })).endAsync();
    expect(client.connected).toBe(true);
    const third = await renewed('?overlap=0');
    await cut;
    await client.endAsync(true);
    for (const password of [first, second]) await expect(city.connect('wall-3', password)).rejects.toThrow();
    await (await city.connect('wall-3', third)).endAsync();
  });
});
