import { type StreamQuery, streamUrl } from '../api/client.ts';
import type { ObservationsEvent, PresenceEvent } from '../api/shapes.ts';
import type { LiveEvent } from './devices.svelte.ts';
import { whileVisible } from './visible.ts';

export type ConnectionState = 'live' | 'connecting' | 'offline';

/** Events are applied in batches: the server's burst of one second is one change of the page. */
const BATCH_MS = 250;
/** How long without a connection until the page says offline. */
const OFFLINE_AFTER_MS = 10_000;
/** EventSource gives up on an HTTP error: then the page tries again after this. */
const RETRY_MS = 3_000;

/** What the connection does for its owner. */
export interface StreamHandlers {
  apply(events: readonly LiveEvent[]): void;
  /** Connected, for the first time or again: what happened meanwhile must be read anew. */
  opened(): void;
}

const seriesOf = ({ type, data }: LiveEvent): string =>
  type === 'observation' ? `${data.device} ${data.metric}` : data.device;

/** Events that wait for their batch: the newest of each series, so that a page that comes late has no more to do. */
class Batch {
  #events = new Map<string, LiveEvent>();

  add(event: LiveEvent): void {
    const series = seriesOf(event);
    const before = this.#events.get(series);
    // One that was late changes nothing; texts of one form compare as their times do.
    if (before?.type === 'observation' && event.type === 'observation' && before.data.time > event.data.time) return;
    this.#events.set(series, event);
  }

  take(): readonly LiveEvent[] {
    const events = [...this.#events.values()];
    this.#events = new Map();
    return events;
  }
}

/** A stream of server-sent events (WHATWG HTML, section 9.2). */
export class Connection {
  state: ConnectionState = $state('connecting');

  /**
   * Streams what was asked for, once that is known (null: nothing) until the returned function is called, and only while the page can be seen: when it is
   * seen again, it is told that it is `opened` anew, and nothing of what it missed is replayed.
   */
  open(query: StreamQuery | Promise<StreamQuery | null>, handlers: StreamHandlers): () => void {
    let givingUp: ReturnType<typeof setTimeout> | undefined;
    const lost = () => {
      if (this.state === 'live') this.state = 'connecting';
      givingUp ??= setTimeout(() => {
        this.state = 'offline';
      }, OFFLINE_AFTER_MS);
    };
    const found = () => {
      clearTimeout(givingUp);
      givingUp = undefined;
    };

    this.state = 'connecting';
    const stop = whileVisible(() => {
      lost();
      const close = this.#stream(query, {
        ...handlers,
        lost,
        idle: found,
        opened: () => {
          found();
          this.state = 'live';
          handlers.opened();
        },
      });
      return () => {
        found();
        close();
      };
    });
    return () => {
      stop();
      found();
    };
  }

  #stream(
    query: StreamQuery | Promise<StreamQuery | null>,
    handlers: StreamHandlers & { lost(): void; idle(): void },
  ): () => void {
    let closed = false;
    let source: EventSource | undefined;
    let flushing: ReturnType<typeof setTimeout> | undefined;
    let retrying: ReturnType<typeof setTimeout> | undefined;
    const batch = new Batch();

    const flush = () => {
      flushing = undefined;
      handlers.apply(batch.take());
    };
    const take = (event: LiveEvent) => {
      batch.add(event);
      flushing ??= setTimeout(flush, BATCH_MS);
    };
    const connect = (asked: StreamQuery) => {
      source = new EventSource(streamUrl(asked));
      source.onopen = () => handlers.opened();
      source.onerror = () => {
        handlers.lost();
        if (source?.readyState === EventSource.CLOSED) {
          clearTimeout(retrying);
          retrying = setTimeout(connect, RETRY_MS, asked);
        }
      };
      // Many in one event: where thousands come every second, telling the page of each would cost more than it holds.
      source.addEventListener('observations', (message: MessageEvent<string>) => {
        const { items }: ObservationsEvent = JSON.parse(message.data);
        for (const data of items) take({ type: 'observation', data });
      });
      source.addEventListener('presence', (message: MessageEvent<string>) => {
        const data: PresenceEvent = JSON.parse(message.data);
        take({ type: 'presence', data });
      });
    };
    // Without a turn of the loop where it is known already.
    if (query instanceof Promise)
      void query.then((asked) => {
        if (closed) return;
        if (asked === null) handlers.idle();
        else connect(asked);
      });
    else connect(query);
    return () => {
      closed = true;
      source?.close();
      for (const timer of [flushing, retrying]) clearTimeout(timer);
    };
  }
}
