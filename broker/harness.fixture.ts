import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type IClientOptions, type MqttClient, connect as mqttConnect } from 'mqtt';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { pino } from 'pino';
import { onTestFinished, vi } from 'vitest';
import type { Attempts } from '../storage/attempts.ts';
import { createMemoryBus } from '../storage/bus/memory.ts';
import type { JournalEntry, JournalWriter } from '../storage/journal/port.ts';
import type { Principal } from '../storage/registry/port.ts';
import { newSecret } from '../storage/secret.ts';
import { createBroker } from './broker.ts';
import { BrokerConfig } from './config.ts';
import { createKeys } from './http/keys.fixture.ts';
import type { PresenceStore } from './presence/presence-keeper.ts';

/** A journal whose flushes the test decides: nothing is flushed until `flush`, or at once where `automatic`. */
export class HandJournal implements JournalWriter {
  readonly entries: JournalEntry[] = [];
  automatic = true;
  /** What appends are refused with from now on. */
  failure: Error | undefined;
  readonly #waiting: { seq: number; resolve: (seq: number) => void; reject: (error: Error) => void }[] = [];

  append(entry: JournalEntry): Promise<number> {
    if (this.failure) return Promise.reject(this.failure);
    // The payload may be a view of a read buffer that is used again.
    const seq = this.entries.push({ ...entry, payload: Buffer.from(entry.payload) });
    if (this.automatic) return Promise.resolve(seq);
    return new Promise((resolve, reject) => this.#waiting.push({ seq, resolve, reject }));
  }
  async appendAll(entries: readonly JournalEntry[]): Promise<number> {
    await Promise.all(entries.map((entry) => this.append(entry)));
    return this.entries.length;
  }
  /** Flushes the oldest `count`, or all that wait. */
  flush(count = this.#waiting.length): void {
    for (const { seq, resolve } of this.#waiting.splice(0, count)) resolve(seq);
  }
  fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
  head = () => this.entries.length;
  bytesBehind = () => 0;
  onFlushed = () => () => {};
  accepted = () => [];
  waiting = () => this.#waiting.length;
  healthy = () => this.failure === undefined;
  trim = async () => 0;
  backup = async () => {};
  close = async () => {};
  /** Payloads as text, in order. */
  texts(): string[] {
    return this.entries.map(({ payload }) => Buffer.from(payload).toString());
  }
}

/** A broker on free ports with whom it knows, closed when the test ends. */
export async function startBroker(
  limits: Partial<BrokerConfig> = {},
  journal: JournalWriter = new HandJournal(),
  presences?: PresenceStore,
  attempts?: Attempts,
) {
  const known = new Map<string, Principal>();
  const keys = createKeys();
  const secrets = new Map<string, string>();
  const bus = createMemoryBus();
  const lookups: string[] = [];
  let registryDown: boolean | 'hanging' = false;
  const broker = await createBroker({
    journal,
    presences,
    bus,
    attempts,
    principals: {
      async principal(username) {
        lookups.push(username);
        if (registryDown === 'hanging') return new Promise(() => {});
        if (registryDown) throw new Error('the registry is down');
        return known.get(username);
      },
      key: async (id) => keys.find(id),
    },
    config: BrokerConfig.parse({ lingerMs: 500, ...limits }),
    log: pino({ level: 'silent' }),
  });
  onTestFinished(() => broker.close());
  const { port } = await broker.listenMqtt('127.0.0.1', 0);

  function add(username: string, kind: Principal['kind'], domain: string): string {
    const { secret, hash } = newSecret();
    known.set(username, {
      kind,
      username,
      hash,
      previous: null,
      domain,
      provider: kind === 'device' ? 'hanoi' : '',
      active: true,
    });
    secrets.set(username, secret);
    return secret;
  }

  return {
    broker,
    bus,
    port,
    known,
    /** User names that the registry was asked for. */
    lookups,
    secretOf: (username: string) => secrets.get(username) ?? '',
    device: (username: string, domain = 'traffic') => add(username, 'device', domain),
    observer: (username: string) => add(username, 'observer', ''),
    key: keys.make,
    /** Changes a principal and says so on the bus; undefined deletes it. */
    change(username: string, change: Partial<Principal> | undefined) {
      const principal = known.get(username);
      if (change && principal) known.set(username, { ...principal, ...change });
      else known.delete(username);
      bus.publish('device', { id: username });
    },
    registryDown(down: boolean | 'hanging') {
      registryDown = down;
    },
    /** Connection options of a principal. */
    as: (username: string, options: IClientOptions = {}): IClientOptions => ({
      clientId: username,
      username,
      password: secrets.get(username) ?? '',
      reconnectPeriod: 0,
      connectTimeout: 10_000,
      ...options,
    }),
  };
}
export type RunningBroker = Awaited<ReturnType<typeof startBroker>>;

/** Waits until the assertion holds, generously: the machine may be busy. */
export function eventually(assertion: () => void): Promise<void> {
  return vi.waitFor(assertion, { timeout: 15_000, interval: 2 });
}

/** An mqtt.js client that ends with the test. Its errors are the test's to look at. */
export function client(url: string, options: IClientOptions): MqttClient {
  const made = mqttConnect(url, options);
  made.on('error', () => {});
  onTestFinished(() => {
    made.end(true);
  });
  return made;
}

/** Connected as the principal; rejects with the CONNACK's return code where it is refused. */
export async function connect(
  city: RunningBroker,
  username: string,
  options: IClientOptions = {},
): Promise<MqttClient> {
  const made = client(`mqtt://127.0.0.1:${city.port}`, city.as(username, options));
  await connected(made);
  return made;
}

export function connected(made: MqttClient): Promise<void> {
  return new Promise((resolve, reject) => {
    made.once('connect', () => resolve());
    made.once('error', reject);
    made.once('close', () => reject(new Error('closed')));
  });
}

/** The return code of the CONNACK a client is refused with. */
export async function refusal(made: MqttClient): Promise<number | undefined> {
  const error = await connected(made).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}

export function closed(made: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    made.once('close', () => resolve());
  });
}

/** Messages as they come, by topic. */
export function inbox(made: MqttClient): { topic: string; text: string; retain: boolean; qos: number }[] {
  const messages: { topic: string; text: string; retain: boolean; qos: number }[] = [];
  made.on('message', (topic, payload, { retain, qos }) =>
    messages.push({ topic, text: payload.toString(), retain, qos }),
  );
  return messages;
}

/** A client made of a bare socket: it sends what a well-behaved one would not, and acknowledges nothing by itself. */
export async function rawClient(port: number) {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  const packets: Packet[] = [];
  const parser = mqttPacket.parser();
  parser.on('packet', (packet) => packets.push(packet));
  socket.on('data', (data) => parser.parse(data));
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('error', reject);
  });
  return {
    socket,
    packets,
    gone,
    of: (cmd: Packet['cmd']) => packets.filter((packet) => packet.cmd === cmd),
    send: (...sent: Packet[]) => socket.write(Buffer.concat(sent.map((packet) => mqttPacket.generate(packet)))),
  };
}

/** CONNECT of a principal. */
export function connectPacket(
  city: RunningBroker,
  username: string,
  more: Partial<mqttPacket.IConnectPacket> = {},
): Packet {
  return {
    cmd: 'connect',
    clientId: username,
    username,
    password: Buffer.from(city.secretOf(username)),
    clean: true,
    keepalive: 60,
    protocolVersion: 4,
    ...more,
  };
}

export function publishPacket(
  topic: string,
  payload: string,
  messageId: number,
  more: Partial<mqttPacket.IPublishPacket> = {},
): Packet {
  return { cmd: 'publish', topic, payload, messageId, qos: 1, dup: false, retain: false, ...more };
}

/** An HTTP server that hands its upgrades to the broker, as the city's does. */
export async function webServer(city: RunningBroker): Promise<{ port: number; server: http.Server }> {
  const server = http.createServer();
  server.on('upgrade', (request, socket, head) => city.broker.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, server };
}

/** A certificate of its own for localhost, and a second key pair signed by it for a client. */
export async function selfSigned(): Promise<{ cert: Buffer; key: Buffer }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nhip-tls-'));
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await promisify(execFile)('openssl', [
    ...made,
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  return { cert: await readFile(cert), key: await readFile(key) };
}

export const TELEMETRY = 'city/traffic/cam-1/telemetry';
export const READING = '{"values":{"mean_speed":31.5}}';

/** A broker that knows two cameras and a wall, on a journal whose flushes the test decides. */
export async function startHandBroker(limits: Partial<BrokerConfig> = {}, attempts?: Attempts) {
  const journal = new HandJournal();
  const running = await startBroker(limits, journal, undefined, attempts);
  running.device('cam-1');
  running.device('cam-2');
  running.observer('wall');
  return { ...running, journal };
}
