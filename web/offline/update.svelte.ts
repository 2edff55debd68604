import { TAKE } from './take.ts';

/** How often a tab that stays open asks whether there is a new build, ms: browsers ask when a page is opened. */
const ASK_MS = 30 * 60_000;

/** What is used of a service worker that waits (ServiceWorker). */
interface Waiting extends EventTarget {
  postMessage(message: string): void;
}

/** What is used of the page's registration (ServiceWorkerRegistration). */
interface Registration extends EventTarget {
  readonly active: EventTarget | null;
  readonly waiting: Waiting | null;
  readonly installing: EventTarget | null;
  update(): Promise<unknown>;
}

/** What is used of the browser's service workers (ServiceWorkerContainer). */
export interface Workers extends EventTarget {
  readonly ready: Promise<Registration>;
}

/**
 * A newer build of the page than the one that is open: it is told of, and taken when the reader says so. What they have
 * open is not touched before that, in this tab or in another.
 */
export class Update {
  /** Whether there is one that waits. */
  waits: boolean = $state(false);
  #worker: Waiting | null = null;
  readonly #workers: Workers | undefined;
  readonly #reload: () => void;

  /** Without service workers there is nothing to wait for. `reload` opens the page anew. */
  constructor(workers: Workers | undefined, reload: () => void) {
    this.#workers = workers;
    this.#reload = reload;
  }

  /** Looks out for one until the returned function is called. */
  follow(): () => void {
    const stopped = new AbortController();
    const { signal } = stopped;
    let timer: ReturnType<typeof setInterval> | undefined;
    void this.#workers?.ready.then((registration) => {
      if (signal.aborted) return;
      const look = () => {
        // Without an earlier one it is the first build, which has the page already.
        this.#worker = registration.active === null ? null : registration.waiting;
        this.waits = this.#worker !== null;
      };
      const found = () => registration.installing?.addEventListener('statechange', look, { signal });
      registration.addEventListener('updatefound', found, { signal });
      found();
      look();
      timer = setInterval(() => registration.update().catch(() => {}), ASK_MS);
    });
    return () => {
      stopped.abort();
      clearInterval(timer);
    };
  }

  /** Opens the page anew by the build that waits: its address brings back what is shown. */
  take(): void {
    this.#workers?.addEventListener('controllerchange', () => this.#reload(), { once: true });
    this.#worker?.postMessage(TAKE);
  }
}
