import { streamUrl } from '../api/client.ts';
import type { ObservationEvent, PresenceEvent } from '../api/shapes.ts';
import type { LiveEvent } from './devices.svelte.ts';

export type ConnectionState = 'live' | 'connecting' | 'offline';

/** Events are applied in batches: the server's burst of one second is one change of the page. */
const BATCH_MS = 150;
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

/** The page's one stream of server-sent events (WHATWG HTML, section 9.2). */
export class Connection {
  state: ConnectionState = $state('connecting');

  /** Streams a domain (null: all) until the returned function is called. */
  open(domain: string | null, handlers: StreamHandlers): () => void {
    let source: EventSource | undefined;
    let batch: LiveEvent[] = [];
    let flushing: ReturnType<typeof setTimeout> | undefined;
    let retrying: ReturnType<typeof setTimeout> | undefined;
    let givingUp: ReturnType<typeof setTimeout> | undefined;

    const flush = () => {
      flushing = undefined;
      const events = batch;
      batch = [];
      handlers.apply(events);
    };
    const take = (event: LiveEvent) => {
      batch.push(event);
      flushing ??= setTimeout(flush, BATCH_MS);
    };
    const lost = () => {
      if (this.state === 'live') this.state = 'connecting';
      givingUp ??= setTimeout(() => {
        this.state = 'offline';
      }, OFFLINE_AFTER_MS);
    };
    const connect = () => {
      source = new EventSource(streamUrl(domain));
      source.onopen = () => {
        clearTimeout(givingUp);
        givingUp = undefined;
        this.state = 'live';
        handlers.opened();
      };
      source.onerror = () => {
        lost();
        if (source?.readyState === EventSource.CLOSED) {
          clearTimeout(retrying);
          retrying = setTimeout(connect, RETRY_MS);
        }
      };
      source.addEventListener('observation', (message: MessageEvent<string>) => {
        const data: ObservationEvent = JSON.parse(message.data);
        take({ type: 'observation', data });
      });
      source.addEventListener('presence', (message: MessageEvent<string>) => {
        const data: PresenceEvent = JSON.parse(message.data);
        take({ type: 'presence', data });
      });
    };

    this.state = 'connecting';
    lost();
    connect();
    return () => {
      source?.close();
      for (const timer of [flushing, retrying, givingUp]) clearTimeout(timer);
    };
  }
}
