import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startCity, type TestCity } from '../helpers/city.ts';
import { serverEvents } from '../helpers/events.ts';
import { mosquittoPub } from '../helpers/mosquitto.ts';
import { nextMessage } from '../helpers/mqtt.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

/** The whole way of a message, from a device's socket to what a partner reads, with the store the settings name. */
export function chain(name: string, settings: () => Promise<Record<string, string>>): void {
  describe(`from a device to the API with ${name}`, () => {
    let city: TestCity;
    let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
    beforeAll(async () => {
      folder = await temporaryDirectory();
      city = await startCity({ dataDir: folder.path, env: await settings() });
    });
    afterAll(async () => {
      await city?.stop();
      await folder?.remove();
    });

    it('an mqtt.js client publishes and a partner reads observations, latest, aggregates and the map', async () => {
      const password = await city.register({ id: 'counter-mqttjs' });
      const client = await city.connect('counter-mqttjs', password);
      const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
      for (const [minute, speed] of [20, 30, 40].entries())
        await client.publishAsync(
          'city/traffic/counter-mqttjs/telemetry',
          JSON.stringify({ time: hour + minute * 60_000, values: { mean_speed: speed, vehicle_count: 10 } }),
          { qos: 1 },
        );
      await city.settled();

      const range = `from=${hour}&to=${hour + 3_600_000}`;
      expect(await city.json(`/api/v1/observations?device=counter-mqttjs&metric=mean_speed&${range}`)).toMatchObject({
        items: [20, 30, 40].map((value, minute) => ({
          device: 'counter-mqttjs',
          metric: 'mean_speed',
          time: new Date(hour + minute * 60_000).toISOString(),
          value,
          quality: 'valid',
        })),
        next: null,
      });
      // What is live may be a quarter of a second behind what is stored.
      await vi.waitFor(async () =>
        expect(await city.json('/api/v1/devices/counter-mqttjs/latest')).toMatchObject({
          items: expect.arrayContaining([expect.objectContaining({ metric: 'mean_speed', value: 40 })]),
        }),
      );
      const aggregates = `/api/v1/aggregates?metric=vehicle_count&fn=mean,min,max,sum,count,p50,p95&window=1h&group_by=device&device=counter-mqttjs&${range}`;
      expect(await city.json(aggregates)).toMatchObject({
        items: [
          {
            group: 'counter-mqttjs',
            mean: 10,
            min: 10,
            max: 10,
            sum: 30,
            count: 3,
            p50: 10,
            p95: 10,
            received: 3,
            expected: 60,
            completeness: 0.05,
          },
        ],
      });
      expect(await city.json('/api/v1/map/traffic')).toMatchObject({
        type: 'FeatureCollection',
        features: expect.arrayContaining([
          expect.objectContaining({
            id: 'counter-mqttjs',
            properties: expect.objectContaining({
              latest: expect.objectContaining({ mean_speed: expect.objectContaining({ value: 40, level: 'good' }) }),
            }),
          }),
        ]),
      });
      await client.endAsync();
    });

    it('mosquitto_pub publishes with its own words', async () => {
      const password = await city.register({ id: 'counter-mosquitto' });
      const { code, stderr } = await mosquittoPub([
        ...[
          '-h',
          '127.0.0.1',
          '-p',
          String(city.mqttPort),
          '-i',
          'counter-mosquitto',
          '-u',
          'counter-mosquitto',
          '-P',
          password,
        ],
        ...['-q', '1', '-t', 'city/traffic/counter-mosquitto/telemetry', '-m', '{"values": {"mean_speed": 12.5}}'],
      ]);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      await city.settled();
      expect(await city.json('/api/v1/observations?device=counter-mosquitto')).toMatchObject({
        items: [{ metric: 'mean_speed', value: 12.5, flags: ['time-from-receipt'] }],
      });
    });

    it('HTTP telemetry is answered 202 with what was accepted, and stored', async () => {
      const password = await city.register({ id: 'counter-http' });
      const post = (body: string, secret = password) =>
        fetch(`${city.url}/api/v1/devices/counter-http/telemetry`, {
          method: 'POST',
          headers: { authorization: `Basic ${btoa(`counter-http:${secret}`)}`, 'content-type': 'application/json' },
          body,
        });
      const accepted = await post(JSON.stringify({ time: Date.now() - 1_000, values: { mean_speed: 7 } }));
      expect(accepted.status).toBe(202);
      expect(await accepted.json()).toEqual({ accepted: 1 });
      expect((await post('{"values": {"mean_speed": 8}}', 'wrong')).status).toBe(401);
      expect((await post('{"values": ')).status).toBe(400);
      await city.settled();
      expect(await city.json('/api/v1/observations?device=counter-http')).toMatchObject({ items: [{ value: 7 }] });
    });

    it('the stream shows an observation as it comes and a device as it connects', async () => {
      const password = await city.register({ id: 'counter-live' });
      const stream = serverEvents(`${city.url}/api/v1/stream?device=counter-live&coalesce=0`);
      const seen = (async () => {
        const events = [];
        for await (const event of stream) {
          events.push(event);
          if (events.some((e) => e.event === 'observation') && events.some((e) => e.event === 'presence')) break;
        }
        return events;
      })();
      const client = await city.connect('counter-live', password);
      await client.publishAsync('city/traffic/counter-live/telemetry', '{"values": {"mean_speed": 44}}', { qos: 1 });
      const events = await seen;
      const observation = events.find((event) => event.event === 'observation');
      expect(JSON.parse(observation?.data ?? '')).toMatchObject({
        device: 'counter-live',
        metric: 'mean_speed',
        value: 44,
      });
      expect(observation?.id).toMatch(/^\d+\.\d+$/);
      expect(events.some((event) => event.event === 'presence' && JSON.parse(event.data).online === true)).toBe(true);
      await client.endAsync();
    });

    it('a stream that was cut goes on with all that came since, once each and in order', async () => {
      const password = await city.register({ id: 'counter-resume' });
      const client = await city.connect('counter-resume', password);
      const publish = (speed: number) =>
        client.publishAsync(
          'city/traffic/counter-resume/telemetry',
          JSON.stringify({ time: Date.now() - 100_000 + speed, values: { mean_speed: speed } }),
          { qos: 1 },
        );
      const url = `${city.url}/api/v1/stream?device=counter-resume&coalesce=0`;
      const read = async (count: number, headers?: Record<string, string>) => {
        const events: { id: string; value: number }[] = [];
        for await (const event of serverEvents(url, headers)) {
          if (event.event !== 'observation') continue;
          events.push({ id: event.id, value: JSON.parse(event.data).value });
          if (events.length === count) break;
        }
        return events;
      };
      await publish(1);
      const first = await read(1, { 'last-event-id': '0.0' });
      for (const speed of [2, 3, 4]) await publish(speed);
      const resumed = read(5, { 'last-event-id': first[0]?.id ?? '' });
      for (const speed of [5, 6]) await publish(speed);
      expect((await resumed).map((event) => event.value)).toEqual([2, 3, 4, 5, 6]);
      await client.endAsync();
    });

    it('a wrong payload is set aside with its reason, the device is told, and the stream goes on', async () => {
      const password = await city.register({ id: 'counter-errs' });
      const client = await city.connect('counter-errs', password);
      await client.subscribeAsync('city/traffic/counter-errs/rejected');
      const told = nextMessage(client);
      await client.publishAsync('city/traffic/counter-errs/telemetry', '{"values": {"mean_speed": NaN}}', { qos: 1 });
      expect(JSON.parse(await told)).toMatchObject({ reason: 'malformed-json' });
      await client.publishAsync('city/traffic/counter-errs/telemetry', '{"values": {"mean_speed": 5}}', { qos: 1 });
      await city.settled();
      expect(await city.json('/api/v1/quarantine?device=counter-errs')).toMatchObject({
        items: [{ scope: 'message', reason: 'malformed-json', payload: '{"values": {"mean_speed": NaN}}' }],
      });
      expect(await city.json('/api/v1/observations?device=counter-errs')).toMatchObject({ items: [{ value: 5 }] });
      await client.endAsync();
    });

    it('duplicates and corrections are counted, and both equations hold', async () => {
      const before = await city.settled();
      const password = await city.register({ id: 'counter-twice', provider: 'acme' });
      const client = await city.connect('counter-twice', password);
      const time = Date.now() - 60_000;
      for (const speed of [10, 10, 11, 10])
        await client.publishAsync(
          'city/traffic/counter-twice/telemetry',
          JSON.stringify({ time, values: { mean_speed: speed } }),
          { qos: 1 },
        );
      const { messages, observations, providers } = await city.settled();
      expect(observations.stored - before.observations.stored).toBe(1);
      expect(observations.duplicate - before.observations.duplicate).toBe(2);
      expect(observations.corrected - before.observations.corrected).toBe(1);
      expect(messages.accepted).toBe(messages.processed + messages.quarantined + messages.pending);
      expect(observations.decoded).toBe(
        observations.stored + observations.duplicate + observations.corrected + observations.quarantined,
      );
      expect(providers.find((provider) => provider.id === 'acme')).toMatchObject({
        messages: { accepted: 4, processed: 4, quarantined: 0, pending: 0 },
      });
      expect(await city.json('/api/v1/observations?device=counter-twice')).toMatchObject({ items: [{ value: 11 }] });
      await client.endAsync();
    });

    it('all of it is there after a stop and a start', async () => {
      const before = await city.settled();
      const env = await settings();
      expect((await city.stop()).code).toBe(0);
      city = await startCity({ dataDir: folder.path, env });
      expect(await city.ledger()).toEqual(before);
      expect(await city.json('/api/v1/devices/counter-mqttjs/latest')).toMatchObject({
        items: expect.arrayContaining([expect.objectContaining({ metric: 'mean_speed', value: 40 })]),
      });
    });
  });
}
