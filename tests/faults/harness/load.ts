import { HttpDevice, type LoadDevice, MqttDevice } from './device.ts';
import { Memory, type Message } from './memory.ts';

export type Credentials = readonly { readonly username: string; readonly password: string }[];

export interface LoadOptions {
  readonly credentials: Credentials;
  /** Where the devices find the city: asked at each connection, so that a proxy may stand between. */
  readonly mqttPort: () => number;
  readonly url: () => string;
  /** Messages a second of all devices together. */
  readonly rate: number;
  /** Messages under way of each device (default 20). */
  readonly inflight?: number | undefined;
  /** Seconds (default 60). */
  readonly keepalive?: number | undefined;
  /** ms between the end of a connection and the next attempt (default 100; the devices differ from each other a little). */
  readonly backoffMs?: number | undefined;
  /** What the n-th message of the load says (default `numbered`). The same observation must not come twice. */
  readonly message?: ((n: number, device: string) => Message) | undefined;
  /** What the devices remember, where several loads follow each other (default: a new one). */
  readonly memory?: Memory | undefined;
}

const HOUR_MS = 3_600_000;
/** Hours over which the observations of a load lie, whatever order they come in. */
const HOURS = 6;
const TICK_MS = 10;

/**
 * Messages that are told from every other by their time: a ms each, going round the last hours, so that the newest
 * observation is seldom the one that came last and every hour is written to all the time.
 */
export function numbered(began: number): (n: number, device: string) => Message {
  const oldest = began - HOURS * HOUR_MS;
  return (n, device) => ({
    device,
    time: oldest + (n % (HOURS - 1)) * HOUR_MS + n,
    value: (n % 200_000) / 1_000,
  });
}

/**
 * Hundreds of devices that send without end, each on a connection of its own: of ten devices one speaks HTTP, two MQTT
 * with QoS 2, the others QoS 1. They come back after every fault and send again what was not acknowledged.
 */
export class Load {
  readonly memory: Memory;
  readonly devices: readonly LoadDevice[];
  readonly #options: LoadOptions;
  readonly #message: (n: number, device: string) => Message;
  readonly #timer: NodeJS.Timeout;
  readonly #waiting = new Set<{ left: number; readonly enough: () => void }>();
  #sending = false;
  #next = 0;
  #turn = 0;
  #credit = 0;
  #last = performance.now();

  /** The devices connect at once and send nothing before `resume`. */
  constructor(options: LoadOptions) {
    this.#options = options;
    this.memory = options.memory ?? new Memory();
    this.#next = this.memory.sentCount;
    this.#message = options.message ?? numbered(Date.now());
    this.devices = options.credentials.map(({ username, password }, i) => this.#device(username, password, i));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Messages that were sent and are not acknowledged. */
  get pending(): number {
    return this.devices.reduce((sum, { pending }) => sum + pending, 0);
  }

  resume(): void {
    this.#last = performance.now();
    this.#sending = true;
  }

  /** No new messages; what is under way is still sent again until it is acknowledged. */
  pause(): void {
    this.#sending = false;
  }

  /** Resolves with the `count`-th acknowledgement from now on, in the middle of all that is under way. */
  async acknowledged(count: number, timeoutMs = 120_000): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const waiter = { left: count, enough: () => settle(resolve) };
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(waiter);
        act();
      };
      const timer = setTimeout(() => {
        settle(() => reject(new Error(`${waiter.left} of ${count} acknowledgements did not come in ${timeoutMs} ms`)));
      }, timeoutMs);
      this.#waiting.add(waiter);
    });
  }

  /** Pauses and resolves once everything that was sent is acknowledged. */
  async drain(timeoutMs = 120_000): Promise<void> {
    this.pause();
    const until = performance.now() + timeoutMs;
    while (this.pending > 0) {
      if (performance.now() > until)
        throw new Error(`${this.pending} messages were not acknowledged in ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  }

  /** All connections break at once. */
  cut(): void {
    for (const device of this.devices) device.cut();
  }

  close(): void {
    clearInterval(this.#timer);
    for (const device of this.devices) device.close();
  }

  #device(id: string, password: string, index: number): LoadDevice {
    const { url, mqttPort, inflight = 20, keepalive = 60, backoffMs = 100 } = this.#options;
    const acknowledged = (message: Message) => this.#acknowledge(message);
    const common = { id, password, acknowledged, backoffMs: backoffMs + ((index * 37) % backoffMs) };
    if (index % 10 === 9) return new HttpDevice({ ...common, inflight: Math.min(4, inflight), url });
    return new MqttDevice({ ...common, inflight, port: mqttPort, qos: index % 5 === 2 ? 2 : 1, keepalive });
  }

  #acknowledge(message: Message): void {
    this.memory.acknowledge(message);
    for (const waiter of [...this.#waiting]) {
      waiter.left -= 1;
      if (waiter.left === 0) waiter.enough();
    }
  }

  /** Deals out what is due since the last tick, to one device after another that has room. */
  #tick(): void {
    const now = performance.now();
    const { rate } = this.#options;
    this.#credit = this.#sending ? Math.min(this.#credit + ((now - this.#last) / 1_000) * rate, rate) : 0;
    this.#last = now;
    for (let tried = 0; this.#credit >= 1 && tried < this.devices.length; ) {
      const device = this.devices[this.#turn % this.devices.length];
      this.#turn += 1;
      if (!device || device.room <= 0) {
        tried += 1;
        continue;
      }
      tried = 0;
      this.#credit -= 1;
      this.#next += 1;
      const message = this.#message(this.#next, device.id);
      this.memory.send(message);
      device.send(message);
    }
  }
}
