import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { parseArgs } from 'node:util';
import { generate } from 'mqtt-packet';
import { createWebSocketStream, WebSocket } from 'ws';
import { z } from 'zod';

/**
 * A load of QoS 1 messages from raw sockets, in a process of its own: no MQTT client stands between the broker and what
 * is measured. Each device keeps `inflight` messages under way; each message is one new observation of about 200 bytes
 * with its own time. Prints one JSON line at the end: what was acknowledged, to whom, in how long.
 */
const { values: args } = parseArgs({
  options: {
    port: { type: 'string' },
    transport: { type: 'string', default: 'tcp' },
    credentials: { type: 'string' },
    inflight: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '10' },
    /** Messages a second of all devices together; as fast as they are acknowledged where not given. */
    rate: { type: 'string' },
    /** First phenomenon time, ms; it grows by `step` a message. */
    start: { type: 'string' },
    step: { type: 'string', default: '1' },
    /** Another value each time. */
    vary: { type: 'boolean', default: false },
  },
});
const Credentials = z.array(z.object({ username: z.string(), password: z.string() }));
const credentials = Credentials.parse(JSON.parse(readFileSync(args.credentials ?? '', 'utf8')));
const inflight = Number(args.inflight);
const rate = args.rate === undefined ? undefined : Number(args.rate);
const start = Number(args.start ?? Date.now());
const step = Number(args.step);
const PACKET_BYTES = 200;

/** A stream to the broker: `tcp`, `tls` (any certificate), or `ws`. */
function open(): Duplex {
  const port = Number(args.port);
  if (args.transport === 'ws') return createWebSocketStream(new WebSocket(`ws://127.0.0.1:${port}/mqtt`, 'mqtt'));
  if (args.transport === 'tls') return connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  return connect({ port, host: '127.0.0.1', noDelay: true });
}

/** A device's PUBLISH with holes for packet id and time; the rest never changes. */
function template(device: string): { packet: Buffer; idAt: number; timeAt: number; valueAt: number } {
  const topic = `city/traffic/${device}/telemetry`;
  const body = (pad: string) =>
    `{"time":${'0'.repeat(13)},"values":{"mean_speed":31.5},"units":{"mean_speed":"km/h"},"note":"${pad}"}`;
  const payload = body('x'.repeat(Math.max(0, PACKET_BYTES - body('').length)));
  const packet = Buffer.from(
    generate({ cmd: 'publish', topic, payload, qos: 1, messageId: 1, dup: false, retain: false }),
  );
  const payloadAt = packet.length - payload.length;
  const at = (part: string) => payloadAt + payload.indexOf(part);
  return { packet, idAt: payloadAt - 2, timeAt: at('0'.repeat(13)), valueAt: at('31.5') };
}

class Device {
  acknowledged = 0;
  readonly #socket: Duplex;
  readonly #template: ReturnType<typeof template>;
  #sent = 0;
  #half = 0;
  #running = true;
  readonly ready: Promise<void>;

  constructor(username: string, password: string) {
    this.#template = template(username);
    this.#socket = open();
    this.ready = new Promise((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.once('close', () => reject(new Error('closed before CONNACK')));
      this.#socket.once('data', (connack) => {
        if (connack[0] !== 0x20 || connack[3] !== 0) reject(new Error(`refused: ${connack.toString('hex')}`));
        this.#socket.on('data', (chunk) => this.#acks(chunk));
        resolve();
      });
    });
    // The broker may be killed on purpose: what was acknowledged until then is what counts.
    this.#socket.on('error', () => {});
    this.#socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: username,
        keepalive: 60,
        username,
        password: Buffer.from(password),
      }),
    );
  }

  begin(): void {
    if (rate === undefined) this.#send(inflight);
  }

  /** Sends so many more, as far as fewer than `inflight` are under way. */
  offer(count: number): void {
    if (this.#running) this.#send(Math.min(count, inflight - this.pending));
  }

  end(): void {
    this.#running = false;
  }

  get pending(): number {
    return this.#sent - this.acknowledged;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** PUBACKs are four bytes each (MQTT 3.1.1, section 3.4); nothing else is sent to us. */
  #acks(chunk: Buffer): void {
    const bytes = this.#half + chunk.length;
    this.#half = bytes % 4;
    const count = (bytes - this.#half) / 4;
    this.acknowledged += count;
    if (this.#running && rate === undefined) this.#send(count);
  }

  #send(count: number): void {
    if (count <= 0 || this.#socket.destroyed) return;
    const { packet, idAt, timeAt, valueAt } = this.#template;
    const out = Buffer.allocUnsafe(packet.length * count);
    for (let i = 0; i < count; i += 1) {
      packet.writeUInt16BE((this.#sent % 65_535) + 1, idAt);
      packet.write(String(start + this.#sent * step), timeAt, 'latin1');
      if (args.vary) packet.write((10 + Math.random() * 89).toFixed(1), valueAt, 'latin1');
      packet.copy(out, i * packet.length);
      this.#sent += 1;
    }
    this.#socket.write(out);
  }
}

/** Connections opened at a time: an address that opens more within a second is taken for somebody who storms the door. */
const AT_ONCE = 500;
const devices: Device[] = [];
for (let start = 0; start < credentials.length; start += AT_ONCE) {
  const some = credentials.slice(start, start + AT_ONCE);
  const opened = some.map(({ username, password }) => new Device(username, password));
  devices.push(...opened);
  await Promise.all(opened.map((device) => device.ready));
  if (credentials.length > AT_ONCE * 2) await new Promise((resolve) => setTimeout(resolve, 1_000));
}
process.stdout.write('connected\n');
const began = performance.now();
for (const device of devices) device.begin();
// Even steps: by now so many should have gone out, whatever the timer's jitter was.
let offered = 0;
const pace = setInterval(() => {
  const due = Math.floor((((performance.now() - began) / 1_000) * (rate ?? 0)) / devices.length);
  for (const device of devices) device.offer(due - offered);
  offered = due;
}, 20);
if (rate === undefined) clearInterval(pace);
let stopNow: () => void = () => {};
const stopped = new Promise<void>((resolve) => {
  stopNow = resolve;
});
const timer = setTimeout(() => stopNow(), Number(args.seconds) * 1_000);
process.stdin.once('data', () => stopNow());
await stopped;
clearTimeout(timer);
clearInterval(pace);
const elapsed = (performance.now() - began) / 1_000;
const acknowledged = devices.reduce((sum, device) => sum + device.acknowledged, 0);
for (const device of devices) device.end();
// What is under way is acknowledged or, where the broker is gone, given up.
for (let i = 0; i < 100 && devices.some((device) => device.pending > 0); i += 1)
  await new Promise((resolve) => setTimeout(resolve, 50));
const byDevice = Object.fromEntries(devices.map((device, i) => [credentials[i]?.username, device.acknowledged]));
process.stdout.write(
  `${JSON.stringify({ elapsed, start, acknowledged, total: devices.reduce((sum, device) => sum + device.acknowledged, 0), byDevice })}\n`,
);
for (const device of devices) device.close();
process.exit(0);
