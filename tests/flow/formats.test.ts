import { encode } from 'cborg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startCity, type TestCity } from '../helpers/city.ts';
import { nextMessage } from '../helpers/mqtt.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const Latest = z.object({
  items: z.array(z.object({ metric: z.string(), value: z.number(), time: z.iso.datetime() })),
});
const Items = z.object({
  items: z.array(
    z.object({
      scope: z.string(),
      format: z.string(),
      reason: z.string(),
      metric: z.string().nullable(),
      payload: z.string(),
      encoding: z.string(),
    }),
  ),
});

/** The same two values at a time (ms), in one format each. */
interface Sample {
  readonly format: string;
  readonly topic: string;
  readonly type: string;
  readonly good: (time: number) => Uint8Array;
  /** One good value, one of another type, and the whole message of no form. */
  readonly half: (time: number) => Uint8Array;
  readonly broken: Uint8Array;
  readonly reason: string;
}

const record = (fields: object) => new Map(Object.entries(fields).map(([label, value]) => [Number(label), value]));
const SAMPLES: readonly Sample[] = [
  {
    format: 'senml',
    topic: 'telemetry/senml',
    type: 'application/senml+json',
    good: (time) =>
      Buffer.from(
        JSON.stringify([
          { bn: 'urn:dev:mac:1:', bt: time / 1000, n: 'mean_speed', u: 'm/s', v: 10 },
          { n: 'vehicle_count', v: 12 },
        ]),
      ),
    half: (time) =>
      Buffer.from(
        JSON.stringify([
          { bt: time / 1000, n: 'mean_speed', v: 20 },
          { n: 'vehicle_count', vs: 'many' },
        ]),
      ),
    broken: Buffer.from('[{"n": "mean_speed", "v": 1, "understand_": 1}]'),
    reason: 'malformed-senml',
  },
  {
    format: 'senml-cbor',
    topic: 'telemetry/senml-cbor',
    type: 'application/senml+cbor',
    good: (time) =>
      encode([record({ [-3]: time / 1000, 0: 'mean_speed', 1: 'm/s', 2: 10 }), record({ 0: 'vehicle_count', 2: 12 })]),
    half: (time) =>
      encode([record({ [-3]: time / 1000, 0: 'mean_speed', 2: 20 }), record({ 0: 'vehicle_count', 4: true })]),
    // A map of no end: bytes that are no text either.
    broken: Uint8Array.of(0x81, 0xbf, 0xff, 0xfe),
    reason: 'malformed-cbor',
  },
  {
    format: 'line',
    topic: 'telemetry/line',
    type: 'text/plain; charset=utf-8',
    good: (time) => Buffer.from(`counter,lane=1 mean_speed=36,vehicle_count=12i ${time}000000\n`),
    half: (time) => Buffer.from(`counter mean_speed=20,vehicle_count="many" ${time}000000\n`),
    broken: Buffer.from('counter,lane= mean_speed=1'),
    reason: 'malformed-line',
  },
];

describe.each(SAMPLES)('$format', ({ format, topic, type, good, half, broken, reason }) => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let password: string;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    city = await startCity({ dataDir: folder.path });
    password = await city.register({ id: 'counter-format' });
  });
  afterAll(async () => {
    await city?.stop();
    await folder?.remove();
  });

  /** What the live view shows of the device, which follows the messages. */
  const shows = (expected: unknown) =>
    vi.waitFor(
      async () => {
        expect(Latest.parse(await city.json('/api/v1/devices/counter-format/latest')).items).toEqual(expected);
      },
      { timeout: 10_000 },
    );
  const post = (body: Uint8Array) =>
    fetch(`${city.url}/api/v1/devices/counter-format/telemetry`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`counter-format:${password}`).toString('base64')}`,
        'content-type': type,
      },
      body: new Uint8Array(body),
    });

  it('over MQTT and over HTTP says the same: the second time it is a duplicate', async () => {
    const time = Date.now() - 60_000;
    const before = await city.settled();
    const client = await city.connect('counter-format', password);
    await client.publishAsync(`city/traffic/counter-format/${topic}`, Buffer.from(good(time)), { qos: 1 });
    await shows([
      { metric: 'mean_speed', value: 36, time: new Date(time).toISOString() },
      { metric: 'vehicle_count', value: 12, time: new Date(time).toISOString() },
    ]);
    const answer = await post(good(time));
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ accepted: format === 'line' ? 1 : 2 });
    const after = await city.settled();
    expect(after.observations.stored - before.observations.stored).toBe(2);
    expect(after.observations.duplicate - before.observations.duplicate).toBe(2);
    await client.endAsync();
  });

  it('sets one value aside and keeps its neighbour', async () => {
    const client = await city.connect('counter-format', password);
    await client.subscribeAsync('city/traffic/counter-format/rejected');
    const notice = nextMessage(client);
    const time = Date.now() - 30_000;
    await client.publishAsync(`city/traffic/counter-format/${topic}`, Buffer.from(half(time)), { qos: 1 });
    expect(JSON.parse(await notice)).toMatchObject({ reason: 'wrong-type', metric: 'vehicle_count' });
    await shows(expect.arrayContaining([{ metric: 'mean_speed', value: 20, time: new Date(time).toISOString() }]));
    await client.endAsync();
  });

  it('tells what is wrong, and keeps the bytes in quarantine', async () => {
    const client = await city.connect('counter-format', password);
    await client.subscribeAsync('city/traffic/counter-format/rejected');
    const notice = nextMessage(client);
    await client.publishAsync(`city/traffic/counter-format/${topic}`, Buffer.from(broken), { qos: 1 });
    const told = JSON.parse(await notice);
    expect(told).toMatchObject({ reason, detail: expect.stringMatching(/\w/) });
    await city.settled();
    const { items } = Items.parse(await city.json('/api/v1/quarantine?device=counter-format&limit=1'));
    const binary = format === 'senml-cbor';
    expect(items).toEqual([
      {
        scope: format === 'line' ? 'observation' : 'message',
        format,
        reason,
        metric: format === 'line' ? 'counter' : null,
        payload: Buffer.from(broken).toString(binary ? 'base64' : 'utf8'),
        encoding: binary ? 'base64' : 'utf8',
      },
    ]);
    expect((await city.ledger()).messages.pending).toBe(0);
    await client.endAsync();
  });
});
