import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type CityOptions, startCity, type TestCity } from '../helpers/city.ts';
import type { Influxd } from '../helpers/influxd.ts';
import { startMosquitto } from '../helpers/mosquitto.ts';
import { startProcess } from '../helpers/process.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { anonymous, type Credentials, type Load, type LoadResult, lostOf, startLoad, UNLIMITED } from './load.ts';

export interface Rate {
  /** Messages acknowledged a second while sending. */
  readonly acknowledged: number;
  /** Messages stored a second over the same time; undefined where nothing is stored. */
  readonly stored?: number | undefined;
  /** Pending messages, sampled once a second. */
  readonly pending?: readonly number[] | undefined;
  /** Acknowledged and not in the store at the end. */
  readonly lost?: number | undefined;
}

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const rateOf = ({ acknowledged, elapsed }: LoadResult): number => acknowledged / elapsed;

/** What a broker of `file` acknowledges that stores nothing. */
export async function plainRate(file: 'bare-aedes.ts' | 'sink.ts', load: Load): Promise<Rate> {
  const child = await startProcess(process.execPath, ['--import', 'tsx', script(file)]);
  const [, port] = await child.line(/^port (\d+)$/m);
  const running = await startLoad(Number(port), anonymous(load.connections), load);
  const result = await running.result;
  await child.kill('SIGKILL');
  return { acknowledged: rateOf(result) };
}

const Imported = z.object({
  items: z.array(z.object({ credential: z.object({ username: z.string(), password: z.string() }) })),
});

/** Registers the devices of a load in one request. */
export async function registerFleet(city: TestCity, count: number): Promise<Credentials> {
  const rows = Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      id: `bench-${i}`,
      domain: 'traffic',
      kind: 'counter',
      name: `Bench ${i}`,
      position: [105.8 + i / 1e4, 21],
    }),
  );
  const answer = await city.api('/api/v1/devices/import', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: rows.join('\n'),
  });
  if (!answer.ok) throw new Error(`import: ${answer.status} ${await answer.text()}`);
  return Imported.parse(await answer.json()).items.map((item) => item.credential);
}

const Counted = z.object({ items: z.array(z.object({ count: z.number() })) });

/** Asks the API how many observations of a device are stored in a span of time. */
const storedBy =
  (city: TestCity) =>
  async (device: string, from: number, to: number): Promise<number> => {
    const query = `metric=mean_speed&fn=count&window=all&group_by=device&device=${device}&from=${from}&to=${to}`;
    return Counted.parse(await city.json(`/api/v1/aggregates?${query}`)).items[0]?.count ?? 0;
  };

/** The whole city as `npm start` runs it, SIMULATE=off. */
export async function cityRate(load: Load, env: CityOptions['env'] = {}, under: readonly string[] = []): Promise<Rate> {
  const folder = await temporaryDirectory();
  const city = await startCity({ dataDir: folder.path, env: { ...UNLIMITED, ...env }, under });
  try {
    const running = await startLoad(city.mqttPort, await registerFleet(city, load.connections), load);
    const pending: number[] = [];
    const sampler = setInterval(() => {
      void city.ledger().then(
        ({ messages }) => pending.push(messages.pending),
        () => {},
      );
    }, 1_000);
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, load.seconds * 1_000));
    const middle = await city.ledger();
    const elapsed = (performance.now() - began) / 1_000;
    clearInterval(sampler);
    const result = await running.result;
    await city.settled();
    return {
      acknowledged: rateOf(result),
      stored: middle.observations.stored / elapsed,
      pending,
      lost: await lostOf(result, storedBy(city)),
    };
  } finally {
    await city.stop();
    await folder.remove();
  }
}

/** The same load with the city killed by -9 in its middle and started again: how many acknowledged messages are gone. */
export async function cityKilled(load: Load, env: CityOptions['env'] = {}): Promise<number> {
  const folder = await temporaryDirectory();
  const first = await startCity({ dataDir: folder.path, env: { ...UNLIMITED, ...env } });
  const running = await startLoad(first.mqttPort, await registerFleet(first, load.connections), load);
  await new Promise((resolve) => setTimeout(resolve, (load.seconds * 1_000) / 2));
  await first.kill();
  running.stop();
  const result = await running.result;
  const again = await startCity({ dataDir: folder.path, env: { ...UNLIMITED, ...env } });
  try {
    await again.settled();
    return await lostOf(result, storedBy(again));
  } finally {
    await again.stop();
    await folder.remove();
  }
}

/** mosquitto with unlimited queues, an mqtt.js subscriber, InfluxDB's client: the same messages, the same influxd. */
export async function handWrittenRate(
  load: Load,
  influxd: Influxd,
  kill: 'nothing' | 'subscriber' | 'broker',
): Promise<Rate> {
  const database = await influxd.database(`hand_written_${kill}`);
  const broker = await startMosquitto(
    'allow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\nmax_inflight_bytes 0\nmax_queued_bytes 0',
  );
  const subscribe = () =>
    startProcess(process.execPath, [
      '--import',
      'tsx',
      script('hand-written.ts'),
      '--port',
      String(broker.port),
      '--influx',
      influxd.url,
      '--database',
      database,
    ]);
  let subscriber = await subscribe();
  await subscriber.line(/^subscribed$/m);
  const stored = async (where = ''): Promise<number> => {
    const answer = await influxd.query(`SELECT count(mean_speed) FROM traffic ${where}`, database);
    return Number(/\["[^"]+",(\d+)\]/.exec(answer)?.[1] ?? 0);
  };
  const storedOf = (device: string, from: number, to: number) =>
    stored(`WHERE device = '${device}' AND time >= ${from}ms AND time < ${to}ms`);
  const running = await startLoad(broker.port, anonymous(load.connections), load);
  const began = performance.now();
  if (kill !== 'nothing') {
    await new Promise((resolve) => setTimeout(resolve, (load.seconds * 1_000) / 2));
    if (kill === 'broker') {
      await broker.kill();
      await broker.restart();
      running.stop();
    }
    await subscriber.kill('SIGKILL');
    subscriber = await subscribe();
    await subscriber.line(/^subscribed$/m);
  }
  const result = await running.result;
  const atEnd = await stored();
  const elapsed = (performance.now() - began) / 1_000;
  // It may take its time with what waits in its queues: only what never comes is lost.
  let before = -1;
  for (let now = atEnd; now !== before; now = await stored()) {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }
  await subscriber.kill('SIGKILL');
  await broker.stop();
  return { acknowledged: rateOf(result), stored: atEnd / elapsed, lost: await lostOf(result, storedOf) };
}
