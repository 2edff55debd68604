import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startCity, type TestCity } from '../helpers/city.ts';
import { closed, nextMessage } from '../helpers/mqtt.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const NAUGHTY = new URL('../../../shared/data/malformed/blns.json', import.meta.url);
const day = 86_400_000;

describe('bad input over a real socket', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let password: string;
  let serial = 0;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    city = await startCity({ dataDir: folder.path });
    password = await city.register({ id: 'counter-bad' });
  });
  afterAll(async () => {
    await city?.stop();
    await folder?.remove();
  });

  const topic = 'city/traffic/counter-bad/telemetry';
  const reading = (more: object): string => JSON.stringify({ values: { mean_speed: 20 }, ...more });

  it.each<[string, string | Buffer]>([
    ['malformed-json', '{"values": '],
    ['malformed-json', '{"values": {"mean_speed": NaN}}'],
    ['not-utf8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['wrong-shape', '42'],
    ['wrong-shape', '{"mean_speed": 3}'],
    ['empty-message', '{"values": {}}'],
    ['wrong-type', reading({ values: { mean_speed: '31' } })],
    ['wrong-type', '{"values": {"mean_speed": 1e999}}'],
    ['out-of-range', reading({ values: { mean_speed: -1 } })],
    ['unknown-metric', reading({ values: { warp: 1 } })],
    ['metric-not-of-domain', reading({ values: { beds_total: 1 } })],
    ['unknown-unit', reading({ units: { mean_speed: 'parsecs' } })],
    ['inconvertible-unit', reading({ units: { mean_speed: 'kg' } })],
    ['wrong-quality', reading({ quality: { mean_speed: 'superb' } })],
    ['wrong-time', reading({ time: 'noon' })],
    ['too-old', reading({ time: Date.now() - 100 * day })],
    ['too-far-ahead', reading({ time: Date.now() + day })],
    ['wrong-position', reading({ position: ['east', 'north'] })],
  ])('%s: set aside with its code, the device told, the next message stored', async (reason, payload) => {
    // A device of its own: notices are limited to ten a second for one device.
    serial += 1;
    const id = `counter-bad-${serial}`;
    const topic = `city/traffic/${id}/telemetry`;
    const client = await city.connect(id, await city.register({ id }));
    await client.subscribeAsync(`city/traffic/${id}/rejected`);
    const notice = nextMessage(client);
    const before = await city.settled();
    await client.publishAsync(topic, payload, { qos: 1 });
    const time = Date.now();
    await client.publishAsync(topic, reading({ time }), { qos: 1 });
    expect(JSON.parse(await notice)).toMatchObject({ reason, detail: expect.any(String) });
    const after = await city.settled();
    expect(after.observations.stored).toBe(before.observations.stored + 1);
    const quarantined = (books: typeof after) => books.messages.quarantined + books.observations.quarantined;
    expect(quarantined(after)).toBe(quarantined(before) + 1);
    const { items } = z
      .object({ items: z.array(z.object({ reason: z.string() })) })
      .parse(await city.json(`/api/v1/quarantine?device=${id}&limit=1`));
    expect(items).toEqual([expect.objectContaining({ reason })]);
    await client.endAsync();
  });

  it('a foreign topic is refused, said, and never stored', async () => {
    const other = await city.register({ id: 'counter-victim' });
    const client = await city.connect('counter-bad', password);
    client.on('error', () => {});
    const before = await city.settled();
    const cut = closed(client);
    client.publish('city/traffic/counter-victim/telemetry', reading({}), { qos: 1 }, () => {});
    await cut;
    expect((await city.settled()).messages.accepted).toBe(before.messages.accepted);
    expect(other).toMatch(/^[\w-]{43}$/);
    await client.endAsync(true);
  });

  it('an oversize packet is cut off and harms nobody', async () => {
    const client = await city.connect('counter-bad', password);
    client.on('error', () => {});
    const cut = closed(client);
    client.publish(topic, Buffer.alloc(1_000_000, 0x20), { qos: 1 }, () => {});
    await cut;
    await client.endAsync(true);
    const again = await city.connect('counter-bad', password);
    await again.publishAsync(topic, reading({}), { qos: 1 });
    await again.endAsync();
  });

  it.skipIf(!existsSync(NAUGHTY))('naughty names are kept unharmed or refused by their code, never a 500', async () => {
    const names = z.array(z.string()).parse(JSON.parse(readFileSync(NAUGHTY, 'utf8')));
    expect(names.length).toBeGreaterThan(300);
    for (const [i, name] of names.entries()) {
      const id = `naughty-${i}`;
      const body = { id, domain: 'traffic', kind: 'counter', name, position: [105.8, 21] };
      const answer = await city.post('/api/v1/devices', body);
      expect([201, 400, 422], JSON.stringify(name)).toContain(answer.status);
      if (answer.status === 201) expect(await city.json(`/api/v1/devices/${id}`)).toMatchObject({ name: name.trim() });
      const asId = await city.post('/api/v1/devices', { ...body, id: name });
      expect([400, 409, 422, 201], JSON.stringify(name)).toContain(asId.status);
    }
  });
});
