import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { z } from 'zod';
import { Ledger } from '../../model/ledger.ts';
import { type Exit, type RunningProcess, startProcess } from './process.ts';

const MAIN = fileURLToPath(new URL('../../dist/app/main.js', import.meta.url));
const Registered = z.object({ credential: z.object({ username: z.string(), password: z.string() }) });

/** A device as a test registers it. */
export interface TestDevice {
  readonly id: string;
  readonly domain?: string;
  readonly kind?: string;
  readonly position?: readonly [number, number];
  readonly [more: string]: unknown;
}

/** A whole city as its users start it: a process of its own on free ports. */
export interface TestCity {
  readonly url: string;
  readonly mqttPort: number;
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The first match in what it prints, already there or to come. */
  line(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>;
  readonly exited: Promise<Exit>;
  /** fetch below the city's URL with the administrator's key. */
  api(path: string, init?: RequestInit): Promise<Response>;
  /** The body of a GET, parsed. */
  json(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<Response>;
  /** Registers a counter of the traffic domain unless told otherwise; answers its password. */
  register(device: TestDevice): Promise<string>;
  /** A connected mqtt.js client of the device. */
  connect(id: string, password: string, options?: IClientOptions): Promise<MqttClient>;
  ledger(): Promise<Ledger>;
  /** Waits until nothing is pending, and answers the ledger. */
  settled(): Promise<Ledger>;
  stop(): Promise<Exit>;
  kill(): Promise<Exit>;
}

export interface CityOptions {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What node itself is run by: strace with its options. */
  readonly under?: readonly string[];
  /** Another build's main file than that of dist/. */
  readonly main?: string;
}

/** Runs the built city and waits for what it prints; nothing here knows more of it than a user does. */
export async function launch({ dataDir, env = {}, under = [], main = MAIN }: CityOptions): Promise<RunningProcess> {
  // As `npm start` runs it.
  const [command = process.execPath, ...args] = [...under, process.execPath, '--max-semi-space-size=2', main];
  const defaults = {
    HOST: '',
    PORT: '0',
    MQTT_PORT: '0',
    SIMULATE: 'off',
    LOG_LEVEL: 'warn',
    // Tests ask as often as they like.
    API_RATE: '1000000',
    UV_THREADPOOL_SIZE: '16',
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '131072',
  };
  return await startProcess(command, args, { env: { ...defaults, DATA_DIR: dataDir, ...env } });
}

export async function startCity(options: CityOptions): Promise<TestCity> {
  const child = await launch(options);
  const [, mqttPort] = await child.line(/^mqtt mqtt:\/\/[^:]+:(\d+)$/m, 60_000);
  const [, url = ''] = await child.line(/^ready (http:\S+)$/m, 60_000);
  const key = options.env?.ADMIN_KEY ?? (await readFile(join(options.dataDir, 'admin.key'), 'utf8')).trim();

  const api: TestCity['api'] = (path, init = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });
  const json: TestCity['json'] = async (path) => {
    const answer = await api(path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  };
  const post: TestCity['post'] = (path, body) =>
    api(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const ledger = async (): Promise<Ledger> => Ledger.parse(await json('/api/v1/ledger'));

  return {
    url,
    mqttPort: Number(mqttPort),
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    line: child.line,
    exited: child.exited,
    api,
    json,
    post,
    ledger,
    async settled() {
      for (;;) {
        const books = await ledger();
        if (books.messages.pending === 0) return books;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async register(device) {
      const body = { domain: 'traffic', kind: 'counter', name: device.id, position: [105.85, 21.03], ...device };
      const answer = await post('/api/v1/devices', body);
      if (answer.status !== 201) throw new Error(`POST /devices: ${answer.status} ${await answer.text()}`);
      return Registered.parse(await answer.json()).credential.password;
    },
    connect: (id, password, extra = {}) =>
      connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
        clientId: id,
        username: id,
        password,
        reconnectPeriod: 0,
        ...extra,
      }),
    stop: () => child.kill('SIGTERM'),
    kill: () => child.kill('SIGKILL'),
  };
}
