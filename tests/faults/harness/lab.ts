import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { type CityOptions, startCity, type TestCity } from '../../helpers/city.ts';
import { freePorts } from '../../helpers/ports.ts';
import { type Credentials, Load, type LoadOptions } from './load.ts';
import { Follower } from './stream.ts';

export interface LabOptions {
  readonly dataDir: string;
  readonly env?: CityOptions['env'];
  /** Another build's main file than that of dist/. */
  readonly main?: string | undefined;
}

/** What is the same in all scenarios: no simulated devices, and no limit on how often one key may ask. */
const SETTINGS = { SIMULATE: 'off', LOG_LEVEL: 'error', API_RATE: '1000000' };
/** Devices belong to several providers, so that the books of each are checked. */
const PROVIDERS = ['hanoi', 'van-tai', 'giao-thong'] as const;

const Imported = z.object({
  items: z.array(z.object({ credential: z.object({ username: z.string(), password: z.string() }) })),
});

/**
 * A city that can be killed and started again on the same data and the same ports, with what loads it. Whoever makes
 * it closes it.
 */
export class Lab {
  readonly dataDir: string;
  readonly url: string;
  readonly mqttPort: number;
  #options: LabOptions;
  #city: TestCity | undefined;
  readonly #closing: (() => void)[] = [];
  #started = 0;

  private constructor(options: LabOptions, port: number, mqttPort: number) {
    this.#options = options;
    this.dataDir = options.dataDir;
    this.url = `http://127.0.0.1:${port}`;
    this.mqttPort = mqttPort;
  }

  /** A laboratory on free ports; the city is not started. */
  static async open(options: LabOptions): Promise<Lab> {
    const [port = 0, mqttPort = 0] = await freePorts(2);
    return new Lab(options, port, mqttPort);
  }

  /** The running city. */
  get city(): TestCity {
    if (!this.#city) throw new Error('the city was not started');
    return this.#city;
  }

  get running(): boolean {
    return this.#city !== undefined;
  }

  get journal(): string {
    return join(this.dataDir, 'journal');
  }

  /** When the city was started last, in ms of performance.now(): recovery counts from here. */
  get startedAt(): number {
    return this.#started;
  }

  /** Starts the city; `change` holds from now on. Resolves when all of it serves. */
  async start(change: Partial<Omit<LabOptions, 'dataDir'>> = {}): Promise<TestCity> {
    this.#options = { ...this.#options, ...change, env: { ...this.#options.env, ...change.env } };
    const { dataDir, env = {}, main } = this.#options;
    const ports = { PORT: new URL(this.url).port, MQTT_PORT: String(this.mqttPort) };
    this.#started = performance.now();
    this.#city = await startCity({
      dataDir,
      env: { ...SETTINGS, ...ports, ...env },
      ...(main === undefined ? {} : { main }),
    });
    return this.#city;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#city?.kill();
  }

  /** SIGTERM; the city ends by itself. */
  async stop(): Promise<void> {
    await this.#city?.stop();
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    process.kill(this.city.pid, signal);
  }

  /** Registers `count` devices named `prefix-0`, `prefix-1`, … in one request. */
  async register(count: number, prefix = 'fault'): Promise<Credentials> {
    const rows = Array.from({ length: count }, (_, i) =>
      JSON.stringify({
        ...{ id: `${prefix}-${i}`, domain: 'traffic', kind: 'counter', name: `Counter ${i}` },
        position: [105.8 + (i % 100) / 1e4, 21 + Math.floor(i / 100) / 1e4],
        provider: PROVIDERS[i % PROVIDERS.length],
      }),
    );
    const answer = await this.city.api('/api/v1/devices/import', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: rows.join('\n'),
    });
    if (!answer.ok) throw new Error(`import: ${answer.status} ${await answer.text()}`);
    return Imported.parse(await answer.json()).items.map((item) => item.credential);
  }

  /** Devices that send to this city; they are connecting and wait for `resume`. */
  load(options: Omit<LoadOptions, 'url' | 'mqttPort'> & Partial<Pick<LoadOptions, 'url' | 'mqttPort'>>): Load {
    const load = new Load({ url: () => this.url, mqttPort: () => this.mqttPort, ...options });
    this.#closing.push(() => load.close());
    return load;
  }

  /** A reader of the whole live stream that resumes after every fault. */
  follow(): Follower {
    const follower = new Follower(() => this.url);
    this.#closing.push(() => follower.close());
    return follower;
  }

  /** Whether the city runs, and what it said last, for whoever has to find out why. */
  async condition(): Promise<string> {
    if (!this.#city) return 'was never started';
    const exit = await Promise.race([this.#city.exited, setTimeout(100, undefined)]);
    const state = exit ? `ended (${exit.signal ?? exit.code})` : 'runs';
    return `${state}\n${this.#city.stderr().slice(-4_000)}`;
  }

  /** Ends the load and the city; the data directory stays. */
  async close(): Promise<void> {
    for (const close of this.#closing) close();
    // A frozen process is killed all the same.
    await this.#city?.kill();
  }
}
