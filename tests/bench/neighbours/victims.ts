import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { percentile } from '../section.ts';
import { admitted, type Credential, publishTemplate, READING } from './socket.ts';

/**
 * Devices that send evenly and measure how long each message takes to be acknowledged, in a process of their own. A line
 * `window <seconds>` on stdin is answered by one line of JSON about that time.
 */
const { values: args } = parseArgs({
  options: { port: { type: 'string' }, credentials: { type: 'string' }, rate: { type: 'string', default: '20' } },
});
const credentials = z
  .array(z.object({ username: z.string(), password: z.string() }))
  .parse(JSON.parse(readFileSync(args.credentials ?? '', 'utf8')));
const everyMs = 1_000 / Number(args.rate);

let latencies: number[] = [];
let disconnected = 0;
/** Grows by 1 ms a message of a device, from an hour ago: each is a new observation. */
const start = Date.now() - 3_600_000;

class Victim {
  readonly #credential: Credential;
  readonly #template: ReturnType<typeof publishTemplate>;
  readonly #sentAt: number[] = [];
  #socket: Socket | undefined;
  #first = 0;
  #sent = 0;
  #half = 0;

  constructor(credential: Credential) {
    this.#credential = credential;
    this.#template = publishTemplate(credential.username, READING, 1);
  }

  async connect(): Promise<void> {
    const socket = await admitted(Number(args.port), this.#credential);
    this.#socket = socket;
    socket.on('data', (chunk) => this.#acks(chunk.length));
    socket.on('close', () => {
      disconnected += 1;
      this.#socket = undefined;
    });
  }

  send(now: number): void {
    const { packet, idAt, timeAt } = this.#template;
    const out = Buffer.from(packet);
    out.writeUInt16BE((this.#sent % 65_535) + 1, idAt);
    out.write(String(start + this.#sent), timeAt, 'latin1');
    this.#sentAt.push(now);
    this.#sent += 1;
    this.#socket?.write(out);
  }

  /** PUBACKs are four bytes each and come in the order of the messages (MQTT 3.1.1, section 4.6). */
  #acks(length: number): void {
    const now = performance.now();
    const bytes = this.#half + length;
    this.#half = bytes % 4;
    for (let left = (bytes - this.#half) / 4; left > 0; left -= 1) {
      const at = this.#sentAt[this.#first++];
      if (at !== undefined) latencies.push(now - at);
    }
    if (this.#first < 10_000) return;
    this.#sentAt.splice(0, this.#first);
    this.#first = 0;
  }
}

const victims = credentials.map((credential) => new Victim(credential));
await Promise.all(victims.map((victim) => victim.connect()));
const began = performance.now();
const sent = victims.map(() => 0);
setInterval(() => {
  const now = performance.now();
  for (const [i, victim] of victims.entries()) {
    // Each at its own phase of the interval.
    const due = Math.floor((now - began) / everyMs + i / victims.length);
    for (; (sent[i] ?? 0) < due; sent[i] = (sent[i] ?? 0) + 1) victim.send(now);
  }
}, 2);
process.stdout.write('connected\n');
for await (const line of createInterface(process.stdin)) {
  const seconds = Number(/^window (\d+)$/.exec(line)?.[1]);
  latencies = [];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const [p50, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.99)];
  process.stdout.write(`${JSON.stringify({ p50, p99, count: latencies.length, disconnected })}\n`);
}
