import { z } from 'zod';
import { serverEvents } from '../../helpers/events.ts';

const Seen = z.object({ device: z.string(), metric: z.string(), time: z.string(), value: z.number() });

/** ms between the end of a stream and the next attempt. */
const BACKOFF_MS = 50;

/**
 * A reader of the complete live stream that resumes, from the id it saw last, whenever the stream ends: as any client of
 * server-sent events does. It begins at the journal's beginning.
 */
export class Follower {
  readonly #url: () => string;
  readonly #seen = new Map<string, Set<number>>();
  readonly #ending = new AbortController();
  #last = '0.0';
  #distinct = 0;
  #repeated = 0;
  #gaps = 0;
  #resumes = 0;

  constructor(url: () => string) {
    this.#url = url;
    void this.#run();
  }

  /** Observations seen, one that was sent twice counted once: the stream need not show what it knows to be a duplicate. */
  get distinct(): number {
    return this.#distinct;
  }

  /** Observations whose id was not behind the one before. */
  get repeated(): number {
    return this.#repeated;
  }

  /** Gaps that the city itself told. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Times it went on after a stream that had shown something had ended. */
  get resumes(): number {
    return this.#resumes;
  }

  has(device: string, time: number): boolean {
    return this.#seen.get(device)?.has(time) === true;
  }

  /** Resolves once it has seen so many different observations, or after `timeoutMs`. */
  async reached(distinct: number, timeoutMs = 30_000): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (this.#distinct < distinct && performance.now() < until) await pause(20);
  }

  close(): void {
    this.#ending.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const from = this.#last;
      try {
        const headers = { 'last-event-id': from };
        const url = `${this.#url()}/api/v1/stream?coalesce=0&metric=mean_speed`;
        for await (const event of serverEvents(url, headers, signal)) {
          if (event.event === 'gap') this.#gaps += 1;
          if (event.event === 'observation') this.#take(event.id, event.data);
        }
      } catch {
        // The city is away: it is asked again.
      }
      if (this.#last !== from) this.#resumes += 1;
      await pause(BACKOFF_MS);
    }
  }

  #take(id: string, data: string): void {
    const { device, time } = Seen.parse(JSON.parse(data));
    if (!isBehind(id, this.#last)) this.#repeated += 1;
    this.#last = id;
    const times = this.#seen.get(device) ?? new Set();
    const before = times.size;
    this.#seen.set(device, times.add(Date.parse(time)));
    if (times.size > before) this.#distinct += 1;
  }
}

/** Ids are two numbers, of the message in the journal and of the observation in it. */
function isBehind(a: string, b: string): boolean {
  const [message = 0, index = 0] = a.split('.').map(Number);
  const [messageBefore = 0, indexBefore = 0] = b.split('.').map(Number);
  return message > messageBefore || (message === messageBefore && index > indexBefore);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
