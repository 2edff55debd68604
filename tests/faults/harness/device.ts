import { connect, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';
import type { Message } from './memory.ts';

/** A device as a load knows it: it takes messages while it has room and keeps each until it is acknowledged. */
export interface LoadDevice {
  readonly id: string;
  /** How many messages it would take now. */
  readonly room: number;
  /** Messages that are not acknowledged. */
  readonly pending: number;
  send(message: Message): void;
  /** Its connection breaks without a word, as when a cable is pulled; it comes back by itself. */
  cut(): void;
  /** Ends it for good. */
  close(): void;
}

export interface DeviceOptions {
  readonly id: string;
  readonly password: string;
  /** Messages under way at a time. */
  readonly inflight: number;
  /** ms between the end of a connection and the next attempt. */
  readonly backoffMs: number;
  readonly acknowledged: (message: Message) => void;
}

export interface MqttDeviceOptions extends DeviceOptions {
  /** Asked at each connection. */
  readonly port: () => number;
  readonly qos: 1 | 2;
  /** Seconds; a connection that does not answer a PINGREQ for so long is given up. */
  readonly keepalive: number;
}

const payloadOf = ({ time, value }: Message): string => JSON.stringify({ time, values: { mean_speed: value } });
const TOPIC = (id: string): string => `city/traffic/${id}/telemetry`;

/** A device on a raw socket. With each connection it sends again what was not acknowledged on those before. */
export class MqttDevice implements LoadDevice {
  readonly id: string;
  readonly #options: MqttDeviceOptions;
  #socket: Socket | undefined;
  #open = false;
  #closed = false;
  #unanswered = false;
  /** Not acknowledged, by packet id, in the order they were sent. */
  #pending = new Map<number, Message>();
  /** Packet ids whose PUBREL awaits its PUBCOMP (MQTT 3.1.1, section 4.3.3). */
  readonly #released = new Set<number>();
  #packetId = 0;
  #again: NodeJS.Timeout | undefined;
  readonly #pinger: NodeJS.Timeout;

  constructor(options: MqttDeviceOptions) {
    this.id = options.id;
    this.#options = options;
    this.#pinger = setInterval(() => this.#ping(), options.keepalive * 750);
    this.#connect();
  }

  get room(): number {
    return this.#options.inflight - this.#pending.size - this.#released.size;
  }

  get pending(): number {
    return this.#pending.size;
  }

  send(message: Message): void {
    const id = this.#nextId();
    this.#pending.set(id, message);
    if (this.#open) this.#publish(id, message);
  }

  cut(): void {
    this.#socket?.resetAndDestroy();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#pinger);
    clearTimeout(this.#again);
    this.#socket?.destroy();
  }

  #connect(): void {
    const { id, password, keepalive, port, backoffMs } = this.#options;
    const socket = connect({ port: port(), host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    this.#unanswered = false;
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet) => this.#take(packet));
    packets.on('error', () => socket.destroy());
    socket.on('data', (chunk) => packets.parse(chunk));
    // What follows an error is the close.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#open = false;
      if (!this.#closed) this.#again = setTimeout(() => this.#connect(), backoffMs);
    });
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: id,
        keepalive,
        username: id,
        password: Buffer.from(password),
      }),
    );
  }

  #take(packet: Packet): void {
    switch (packet.cmd) {
      case 'connack':
        if (packet.returnCode !== 0) this.#socket?.destroy();
        else this.#resend();
        return;
      case 'puback':
        this.#acknowledge(packet.messageId);
        return;
      case 'pubrec':
        // From here on the message is the broker's: a sender must not send it again (section 4.3.3).
        this.#acknowledge(packet.messageId);
        this.#released.add(packet.messageId ?? 0);
        this.#socket?.write(generate({ cmd: 'pubrel', messageId: packet.messageId ?? 0 }));
        return;
      case 'pubcomp':
        this.#released.delete(packet.messageId ?? 0);
        return;
      case 'pingresp':
        this.#unanswered = false;
        return;
      default:
    }
  }

  /** A clean session knows nothing of the packet ids before it. */
  #resend(): void {
    this.#open = true;
    this.#released.clear();
    const waiting = [...this.#pending.values()];
    this.#pending = new Map();
    for (const message of waiting) this.send(message);
  }

  #publish(messageId: number, message: Message): void {
    const { id, qos } = this.#options;
    const publish = { cmd: 'publish', topic: TOPIC(id), qos, messageId, dup: false, retain: false } as const;
    this.#socket?.write(generate({ ...publish, payload: payloadOf(message) }));
  }

  #acknowledge(id: number | undefined): void {
    const message = this.#pending.get(id ?? 0);
    if (!message) return;
    this.#pending.delete(id ?? 0);
    this.#options.acknowledged(message);
  }

  #ping(): void {
    if (!this.#open && !this.#socket?.connecting) return;
    if (this.#unanswered) this.#socket?.destroy();
    else if (this.#open) {
      this.#unanswered = true;
      this.#socket?.write(generate({ cmd: 'pingreq' }));
    }
  }

  #nextId(): number {
    do this.#packetId = (this.#packetId % 65_535) + 1;
    while (this.#pending.has(this.#packetId) || this.#released.has(this.#packetId));
    return this.#packetId;
  }
}

export interface HttpDeviceOptions extends DeviceOptions {
  /** Asked at each request. */
  readonly url: () => string;
}

/** ms after which an answer is not waited for any more. */
const PATIENCE_MS = 30_000;

/** A device that speaks HTTP: a message a request, sent again until the answer is 202. */
export class HttpDevice implements LoadDevice {
  readonly id: string;
  readonly #options: HttpDeviceOptions;
  #pending = 0;
  readonly #ending = new AbortController();

  constructor(options: HttpDeviceOptions) {
    this.id = options.id;
    this.#options = options;
  }

  get room(): number {
    return this.#options.inflight - this.#pending;
  }

  get pending(): number {
    return this.#pending;
  }

  send(message: Message): void {
    this.#pending += 1;
    void this.#post(message);
  }

  /** A request has no connection of its own that could be cut. */
  cut(): void {}

  close(): void {
    this.#ending.abort();
  }

  async #post(message: Message): Promise<void> {
    const { id, password, url, acknowledged, backoffMs } = this.#options;
    const headers = { authorization: `Basic ${btoa(`${id}:${password}`)}`, 'content-type': 'application/json' };
    while (!this.#ending.signal.aborted) {
      const status = await fetch(`${url()}/api/v1/devices/${id}/telemetry`, {
        method: 'POST',
        headers,
        body: payloadOf(message),
        signal: AbortSignal.any([this.#ending.signal, AbortSignal.timeout(PATIENCE_MS)]),
      }).then(
        async (answer) => {
          // What the status says holds, even where the connection breaks behind it.
          await answer.arrayBuffer().catch(() => undefined);
          return answer.status;
        },
        () => 0,
      );
      if (status === 202) {
        this.#pending -= 1;
        acknowledged(message);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, backoffMs));
    }
  }
}
