import type { LiveEvent } from './devices.svelte.ts';

/** Devices are registered by the hundred: so long is waited for more of them before their domain is read. */
const GATHER_MS = 1_000;

/** What newcomers need of the city. */
export interface NewcomersHost {
  /** Resolves once every device has been read for the first time: before that all of them look new. */
  readonly ready: Promise<void>;
  /** Reads the domains again. */
  read(domains: readonly string[]): Promise<void>;
  /** Applies events and answers those whose device is not on the page. */
  apply(events: readonly LiveEvent[]): readonly LiveEvent[];
}

/**
 * Devices that the stream tells of and the page does not know yet: they were registered after the last reading. Their
 * events are kept until their domain has been read again, at most once a second.
 */
export class Newcomers {
  readonly #host: NewcomersHost;
  /** Those that a reading did not bring: asking for them with every event would never end. */
  readonly #absent = new Set<string>();
  #waiting: LiveEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: NewcomersHost) {
    this.#host = host;
  }

  /** Takes the events of devices that are not on the page. */
  add(events: readonly LiveEvent[]): void {
    for (const event of events) if (!this.#absent.has(event.data.device)) this.#waiting.push(event);
    if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => void this.#settle(), GATHER_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #settle(): Promise<void> {
    const { ready, read, apply } = this.#host;
    await ready;
    const events = this.#waiting;
    this.#waiting = [];
    const unknown = apply(events);
    if (unknown.length > 0) {
      await read([...new Set(unknown.map(({ data }) => data.domain))]);
      for (const { data } of apply(unknown)) this.#absent.add(data.device);
    }
    this.#timer = undefined;
    this.add(this.#waiting.splice(0));
  }
}
