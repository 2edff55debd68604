import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type Influxd, startInfluxd } from '../helpers/influxd.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const DEVICES = 8;
const Page = z.object({
  items: z.array(z.object({ time: z.string(), value: z.number() })),
  next: z.string().nullable(),
});

/** Devices that publish uniquely timed observations as fast as they are acknowledged, and remember what was. */
class Fleet {
  readonly acknowledged = new Map<string, Set<number>>();
  readonly #passwords: ReadonlyMap<string, string>;
  readonly #base = Date.now() - 3_000_000;
  #next = 0;
  constructor(passwords: ReadonlyMap<string, string>) {
    this.#passwords = passwords;
  }

  /** Publishes until `acks` more are acknowledged, then calls `then` at once, in the middle of all that is under way. */
  async load(city: TestCity, acks: number, then: () => Promise<unknown>): Promise<void> {
    let left = acks;
    let done: () => void = () => {};
    const enough = new Promise<void>((resolve) => {
      done = resolve;
    });
    const clients: MqttClient[] = [];
    for (const [id, password] of this.#passwords) {
      const client = await city.connect(id, password);
      client.on('error', () => {});
      clients.push(client);
      const publish = (): void => {
        this.#next += 1;
        const time = this.#base + this.#next;
        const message = JSON.stringify({ time, values: { mean_speed: this.#next % 200 } });
        client.publish(`city/traffic/${id}/telemetry`, message, { qos: 1 }, (error) => {
          if (error) return;
          const set = this.acknowledged.get(id) ?? new Set();
          this.acknowledged.set(id, set.add(time));
          left -= 1;
          if (left === 0) done();
          publish();
        });
      };
      for (let i = 0; i < 20; i += 1) publish();
    }
    await enough;
    await then();
    await Promise.all(clients.map((client) => client.endAsync(true)));
  }
}

async function stored(city: TestCity, device: string): Promise<number[]> {
  const times: number[] = [];
  let cursor = '';
  do {
    const page = Page.parse(
      await city.json(`/api/v1/observations?device=${device}&metric=mean_speed&limit=5000${cursor}`),
    );
    times.push(...page.items.map((item) => Date.parse(item.time)));
    cursor = page.next === null ? '' : `&cursor=${encodeURIComponent(page.next)}`;
  } while (cursor !== '');
  return times;
}

/** Ten kills at instants drawn by `seed`; after each start the books balance, in the end every acknowledged message is there once. */
async function survive(kills: number, seed: number, env: Record<string, string>): Promise<void> {
  const folder = await temporaryDirectory();
  onTestFinished(() => folder.remove());
  const random = xoroshiro128plus(seed);
  const options = { dataDir: join(folder.path, 'data'), env };
  let city = await startCity(options);
  const passwords = new Map<string, string>();
  for (let i = 0; i < DEVICES; i += 1) passwords.set(`counter-${i}`, await city.register({ id: `counter-${i}` }));
  const fleet = new Fleet(passwords);
  for (let kill = 0; kill < kills; kill += 1) {
    const running = city;
    await fleet.load(running, uniformInt(random, 1, 1_500), () => running.kill());
    city = await startCity(options);
    const { messages, observations } = await city.ledger();
    expect(messages.accepted).toBe(messages.processed + messages.quarantined + messages.pending);
    expect(observations.decoded).toBe(
      observations.stored + observations.duplicate + observations.corrected + observations.quarantined,
    );
  }
  const books = await city.settled();
  let total = 0;
  for (const [device, acknowledged] of fleet.acknowledged) {
    const times = await stored(city, device);
    total += times.length;
    expect(new Set(times).size, 'stored twice').toBe(times.length);
    const there = new Set(times);
    expect(
      [...acknowledged].filter((time) => !there.has(time)),
      'acknowledged and missing',
    ).toEqual([]);
  }
  expect(books.observations.stored).toBe(total);
  expect(books.messages.accepted).toBe(books.messages.processed);
  await city.stop();
}

it('DuckDB: what was acknowledged is there, once, after ten kills in the middle of a load', async () => {
  await survive(10, 7, {});
});

await withTool(['influxd'], 'with a real influxd', () => {
  it('InfluxDB: what was acknowledged is there, once, after five kills in the middle of a load', async () => {
    const influxd: Influxd = await startInfluxd();
    onTestFinished(() => influxd.stop());
    await survive(5, 11, { STORE: 'influxdb', INFLUX_URL: influxd.url });
  });
});
