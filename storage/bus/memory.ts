import type { Bus, BusEvents, BusTopic } from './port.ts';

export interface MemoryBusOptions {
  /** Told of what a listener threw; by default it is swallowed, for no listener may harm another. */
  readonly onError?: ((error: unknown, topic: BusTopic) => void) | undefined;
}

type Listener<T extends BusTopic> = (event: BusEvents[T]) => void;
type Listeners = { readonly [T in BusTopic]: Set<Listener<T>> };

/**
 * A bus within one thread. `publish` calls the listeners before it returns, in the order they subscribed;
 * one who subscribes or leaves while an event goes round takes effect with the next event.
 * After `close` nothing is delivered and nobody can subscribe.
 */
export function createMemoryBus(options: MemoryBusOptions = {}): Bus {
  const listeners: Listeners = {
    latest: new Set(),
    observations: new Set(),
    presence: new Set(),
    rejected: new Set(),
    areas: new Set(),
    device: new Set(),
    key: new Set(),
  };
  const watchers = new Set<(topic: BusTopic, wanted: boolean) => void>();
  let closed = false;

  function guarded(topic: BusTopic, call: () => void): void {
    try {
      call();
    } catch (error) {
      options.onError?.(error, topic);
    }
  }
  function changed(topic: BusTopic, wanted: boolean): void {
    for (const watcher of [...watchers]) guarded(topic, () => watcher(topic, wanted));
  }

  return {
    publish(topic, event) {
      for (const listener of [...listeners[topic]]) guarded(topic, () => listener(event));
    },
    subscribe(topic, listener) {
      if (closed) return () => {};
      // A wrapper of its own for each subscription: the same function may subscribe twice and leave once.
      const own = (event: BusEvents[typeof topic]) => listener(event);
      const subscribed = listeners[topic];
      subscribed.add(own);
      if (subscribed.size === 1) changed(topic, true);
      return () => {
        if (subscribed.delete(own) && subscribed.size === 0) changed(topic, false);
      };
    },
    wanted: (topic) => listeners[topic].size > 0,
    onWanted(listener) {
      const own = (topic: BusTopic, wanted: boolean) => listener(topic, wanted);
      watchers.add(own);
      return () => {
        watchers.delete(own);
      };
    },
    async close() {
      closed = true;
      watchers.clear();
      for (const subscribed of Object.values(listeners)) subscribed.clear();
    },
  };
}
