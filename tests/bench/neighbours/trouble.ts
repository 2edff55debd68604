import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { generate } from 'mqtt-packet';
import { z } from 'zod';
import { admitted, type Credential, connectBytes, publishTemplate, READING } from './socket.ts';

/** One kind of bad neighbour, in a process of its own, until it is killed. Prints `ready` once it is at it. */
const { values: args } = parseArgs({
  options: {
    kind: { type: 'string' },
    port: { type: 'string' },
    credentials: { type: 'string' },
    url: { type: 'string' },
    key: { type: 'string' },
    path: { type: 'string', multiple: true },
    count: { type: 'string', default: '1' },
  },
});
const port = Number(args.port);
const count = Number(args.count);
const credentials: readonly Credential[] = args.credentials
  ? z
      .array(z.object({ username: z.string(), password: z.string() }))
      .parse(JSON.parse(readFileSync(args.credentials, 'utf8')))
  : [];
const nth = (i: number): Credential => credentials[i % credentials.length] ?? { username: '', password: '' };
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const forEver = (): Promise<never> => new Promise(() => setInterval(() => {}, 60_000));
const start = Date.now() - 7_200_000;

/** Packets of the template, numbered from `from`. */
function packets({ packet, idAt, timeAt }: ReturnType<typeof publishTemplate>, from: number, many: number): Buffer {
  const out = Buffer.allocUnsafe(packet.length * many);
  for (let i = 0; i < many; i += 1) {
    if (idAt >= 0) packet.writeUInt16BE(((from + i) % 65_535) + 1, idAt);
    if (timeAt >= 0) packet.write(String(start + from + i), timeAt, 'latin1');
    packet.copy(out, i * packet.length);
  }
  return out;
}

/** Writes as fast as the socket takes it, for ever. */
function pour(socket: Socket, template: ReturnType<typeof publishTemplate>): void {
  let sent = 0;
  socket.resume();
  const more = () => {
    while (!socket.destroyed && socket.write(packets(template, sent, 100))) sent += 100;
  };
  socket.on('drain', more);
  more();
}

async function flood(qos: 0 | 1, payload = READING): Promise<void> {
  for (let i = 0; i < count; i += 1) pour(await admitted(port, nth(i)), publishTemplate(nth(i).username, payload, qos));
}

/** Subscribes to the whole city and never reads again. */
async function readers(): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const socket = await admitted(port, nth(0), `${nth(0).username}:${i}`);
    socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'city/#', qos: 0 }] }));
    socket.pause();
  }
}

/** Keeps thousands unacknowledged, one small write after the other. */
async function tricklers(): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const template = publishTemplate(nth(i).username, READING, 1);
    const socket = await admitted(port, nth(i));
    let sent = 0;
    let acknowledged = 0;
    socket.on('data', (chunk) => {
      acknowledged += chunk.length / 4;
    });
    setInterval(() => {
      for (let n = 0; n < 50 && sent - acknowledged < 5_000; n += 1) socket.write(packets(template, sent++, 1));
    }, 1);
  }
}

/** Admitted connections that say nothing: 16 of each credential, from several addresses so that ports do not run short. */
async function idle(): Promise<void> {
  const open = async (i: number) => {
    const credential = nth(Math.floor(i / 16));
    await admitted(port, credential, `${credential.username}:${i % 16}`, `127.0.0.${2 + (i % 8)}`);
  };
  for (let i = 0; i < count; i += 100)
    await Promise.all(Array.from({ length: Math.min(100, count - i) }, (_, n) => open(i + n)));
}

/** Who guesses passwords is held up by address: not the address of the others. */
const ATTACKER = '127.0.1.1';

/** Connections one after the other that send what is no MQTT, or a wrong password. */
async function storm(bytes: (i: number) => Buffer): Promise<void> {
  let serial = 0;
  const run = async () => {
    for (;;) {
      const socket = connect({ port, host: '127.0.0.1', localAddress: ATTACKER });
      socket.on('error', () => {});
      socket.write(bytes(serial++));
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      await Promise.race([closed, pause(1_000)]);
      socket.destroy();
    }
  };
  for (let i = 0; i < count; i += 1) void run();
}

/** Asks the same dear queries again and again, several at a time; who is sent away asks again at once. */
async function asker(): Promise<void> {
  const paths = args.path ?? [];
  const run = async (i: number) => {
    for (let n = i; ; n += 1) {
      const answer = await fetch(`${args.url}${paths[n % paths.length] ?? ''}`, {
        headers: { authorization: `Bearer ${args.key}` },
      }).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.status !== 200) await pause(20);
    }
  };
  for (let i = 0; i < count; i += 1) void run(i);
}

/** Sends the city nothing and keeps a core busy: what the machine alone does to others. */
async function busy(): Promise<void> {
  const turn = () => {
    const until = performance.now() + 5;
    while (performance.now() < until);
    setImmediate(turn);
  };
  turn();
}

const KINDS: Readonly<Record<string, () => Promise<void>>> = {
  'flood-0': () => flood(0),
  'flood-1': () => flood(1),
  reader: readers,
  'bad-payload': () => flood(1, '{"time": nonsense'),
  'bad-packet': () => storm((i) => Buffer.concat([connectBytes(nth(i)), Buffer.alloc(256, i % 251)])),
  'wrong-password': () => storm((i) => connectBytes({ username: nth(i).username, password: 'wrong' })),
  trickler: tricklers,
  idle,
  asker,
  busy,
};
await KINDS[args.kind ?? '']?.();
process.stdout.write('ready\n');
await forEver();
