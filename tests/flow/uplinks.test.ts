import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startCity, type TestCity } from '../helpers/city.ts';
import { sharedData } from '../helpers/shared-data.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const Key = z.object({ key: z.string() });
const Items = z.object({ items: z.array(z.object({ id: z.string(), device: z.string(), reason: z.string() })) });
const Values = z.object({ items: z.array(z.object({ metric: z.string(), value: z.number(), time: z.string() })) });

/** Milesight AM103: CO₂ in ppm, or its battery alone. */
const co2 = (ppm: number) => Buffer.from([0x07, 0x7d, ppm % 256, Math.floor(ppm / 256)]).toString('base64');
const BATTERY = 'AXVk';

interface Sent {
  readonly devEui: string;
  readonly data: string;
  readonly time: string;
  readonly fPort?: number;
}
const asTts = ({ devEui, data, time, fPort = 85 }: Sent) => ({
  end_device_ids: { device_id: 'any', dev_eui: devEui.toUpperCase() },
  received_at: new Date().toISOString(),
  uplink_message: { f_port: fPort, f_cnt: 1, frm_payload: data, received_at: time, rx_metadata: [{ rssi: -35 }] },
});
const asChirpStack = ({ devEui, data, time, fPort = 85 }: Sent) => ({
  ...{ deduplicationId: '57433366-50a6-4dc2-8145-2df1bbc70d9e', time, deviceInfo: { devEui, tags: {} } },
  ...{ fPort, fCnt: 1, data, rxInfo: [{ rssi: -35 }] },
});

describe('LoRaWAN uplinks in a city', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let city: TestCity;
  let key: string;
  const start = Date.now() - 3_600_000;
  const at = (minute: number) => new Date(start + minute * 60_000).toISOString();

  beforeAll(async () => {
    folder = await temporaryDirectory();
    city = await startCity({ dataDir: folder.path });
    key = await keyWith({ scopes: ['uplinks'] });
  });
  afterAll(async () => {
    await city?.stop();
    await folder?.remove();
  });

  async function keyWith(more: object): Promise<string> {
    const answer = await city.post('/api/v1/keys', { name: 'network server', ...more });
    return Key.parse(await answer.json()).key;
  }
  const post = (to: string, body: unknown, secret = key) =>
    fetch(`${city.url}/api/v1/uplinks/${to}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const tts = async (sent: Sent) => (await post('tts', asTts(sent))).status;
  const chirpstack = async (sent: Sent) => (await post('chirpstack?event=up', asChirpStack(sent))).status;
  const room = (id: string, more: object = {}) =>
    city.register({ id, domain: 'education', kind: 'milesight-am103', ...more });
  async function observed(device: string) {
    await city.settled();
    const { items } = Values.parse(await city.json(`/api/v1/observations?device=${device}&limit=100`));
    return items
      .map(({ value, time }) => [new Date(time).toISOString(), value] as const)
      .sort(([a], [b]) => a.localeCompare(b));
  }
  async function quarantined(device: string) {
    await city.settled();
    return Items.parse(await city.json(`/api/v1/quarantine?device=${device}`)).items;
  }

  it('are stored from both servers, once however often and in whatever order they are delivered', async () => {
    const devEui = '1000000000000001';
    await room(`eui-${devEui}`);
    const sent = [900, 450, 1_200].map((ppm, i) => ({ devEui, data: co2(ppm), time: at(i) }));
    const before = (await city.settled()).observations;
    for (const one of [...sent].reverse()) expect(await tts(one)).toBe(202);
    for (const one of sent) expect(await chirpstack(one)).toBe(202);
    for (const one of sent) expect(await tts(one)).toBe(202);
    expect(await observed(`eui-${devEui}`)).toEqual([
      [at(0), 900],
      [at(1), 450],
      [at(2), 1_200],
    ]);
    const { items } = Values.parse(await city.json(`/api/v1/devices/eui-${devEui}/latest`));
    expect(items).toMatchObject([{ metric: 'co2', value: 1_200 }]);
    const { observations: after, messages } = await city.settled();
    expect(after.stored - before.stored).toBe(3);
    expect(after.duplicate - before.duplicate).toBe(6);
    expect(messages.accepted).toBe(messages.processed + messages.quarantined);
  });

  it('are refused without the right key, with nothing taken', async () => {
    const device = { devEui: '1000000000000002', data: co2(800), time: at(0) };
    await room('eui-1000000000000002', { provider: 'school-board' });
    await city.register({ id: 'counter-of-water-works', provider: 'water-works' });
    const before = (await city.settled()).messages.accepted;
    const status = async (secret: string) => (await post('tts', asTts(device), secret)).status;
    expect(await status(`${key}x`)).toBe(401);
    expect(await status('')).toBe(401);
    expect(await status(await keyWith({ scopes: ['read', 'quarantine'] }))).toBe(403);
    expect(await status(await keyWith({ scopes: ['uplinks'], provider: 'water-works' }))).toBe(403);
    expect((await city.settled()).messages.accepted).toBe(before);
    expect(await status(await keyWith({ scopes: ['uplinks'], provider: 'school-board' }))).toBe(202);
  });

  it('of an unknown device wait in the quarantine, and are stored when it is registered and they are replayed', async () => {
    const sent = { devEui: '10000000000000ab', data: co2(700), time: at(5) };
    const device = `eui-${sent.devEui}`;
    expect(await tts(sent)).toBe(202);
    const [item] = await quarantined(device);
    expect(item).toMatchObject({ device, reason: 'unknown-device' });
    await room(device);
    const replay = () => city.api(`/api/v1/quarantine/${item?.id}/replay`, { method: 'POST' });
    expect((await replay()).status).toBeLessThan(300);
    expect(await observed(device)).toEqual([[at(5), 700]]);
    await replay();
    expect(await tts(sent)).toBe(202);
    expect(await observed(device)).toEqual([[at(5), 700]]);
  });

  it('whose payload cannot be read, or is too old, are accepted and quarantined with why', async () => {
    const devEui = '1000000000000003';
    await room(`eui-${devEui}`);
    await city.register({ id: 'eui-1000000000000004', kind: 'counter' });
    const old = new Date(Date.now() - 91 * 86_400_000).toISOString();
    expect(await tts({ devEui, data: 'B33F', time: at(0) })).toBe(202);
    expect(await chirpstack({ devEui, data: co2(500), time: old })).toBe(202);
    expect(await tts({ devEui: '1000000000000004', data: co2(500), time: at(0) })).toBe(202);
    expect((await quarantined(`eui-${devEui}`)).map(({ reason }) => reason).sort()).toEqual([
      'too-old',
      'undecodable-payload',
    ]);
    expect(await quarantined('eui-1000000000000004')).toMatchObject([{ reason: 'no-decoder' }]);
  });

  it('that say nothing of the city are no fault of the device', async () => {
    const devEui = '1000000000000005';
    await room(`eui-${devEui}`);
    const before = (await city.settled()).messages;
    expect(await tts({ devEui, data: BATTERY, time: at(0) })).toBe(202);
    expect(await tts({ devEui, data: '', time: at(0), fPort: 0 })).toBe(202);
    expect(await quarantined(`eui-${devEui}`)).toEqual([]);
    const { accepted, processed } = (await city.settled()).messages;
    expect([accepted - before.accepted, processed - before.processed]).toEqual([1, 1]);
  });

  it('count a parking space as free or not', async () => {
    const devEui = '1000000000000006';
    await city.register({ id: `eui-${devEui}`, domain: 'traffic', kind: 'bosch-parking-lot' });
    expect(await tts({ devEui, data: 'AQ==', time: at(0), fPort: 1 })).toBe(202);
    expect(await tts({ devEui, data: 'ABI=', time: at(1), fPort: 2 })).toBe(202);
    expect(await observed(`eui-${devEui}`)).toEqual([
      [at(0), 0],
      [at(1), 1],
    ]);
  });

  it('of a provider whose devices are unknown are its own in the ledger', async () => {
    await city.register({ id: 'counter-of-firm', provider: 'firm' });
    const own = await keyWith({ scopes: ['uplinks'], provider: 'firm' });
    const sent = { devEui: '10000000000000ff', data: co2(700), time: at(5) };
    expect((await post('tts', asTts(sent), own)).status).toBe(202);
    await vi.waitFor(async () =>
      expect((await city.settled()).providers.find(({ id }) => id === 'firm')?.messages).toMatchObject({
        accepted: 1,
        quarantined: 1,
      }),
    );
  });

  it('stand in the API’s document beside the devices’ own endpoint', async () => {
    const document = z.object({ paths: z.record(z.string(), z.unknown()) }).parse(await city.json('/api/openapi.json'));
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/v1/uplinks/tts', '/api/v1/uplinks/chirpstack', '/api/v1/devices/{id}/telemetry']),
    );
  });

  it('are what The Things Stack publishes as its example, once that is JSON', async (context) => {
    const published = await sharedData(context, 'payloads/tts/uplink_message_example.as-published-INVALID-JSON.txt');
    const broken = await post('tts', published);
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ code: 'malformed-json' });
    // The comma that is missing. It has no port, and so carries nothing of the application.
    const mended = await post('tts', published.replace(/\}(\s*)"received_at"/, '},$1"received_at"'));
    expect([mended.status, await mended.json()]).toEqual([202, { accepted: 0 }]);
    for (const other of ['join', 'downlink', 'downlink_event', 'downlink_failed_event']) {
      const message = await sharedData(context, `payloads/tts/${other}_message_example.json`);
      const answer = await post('tts', message);
      expect([other, answer.status, await answer.json()]).toEqual([other, 202, { accepted: 0 }]);
    }
  });
});
