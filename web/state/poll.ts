/** What is read again and again, and what becomes of it. */
export interface Polled<T> {
  read(signal: AbortSignal): Promise<T>;
  /** A reading that came. */
  came(value: T): void;
  /** A reading that failed; the next one is tried all the same. */
  failed(error: unknown): void;
}

/** After a reading that failed the next one is tried this soon. */
const RETRY_MS = 5_000;

/** Reads at once and then `every` so many ms after each answer, sooner after none, until the returned function is called. */
export function poll<T>({ read, came, failed }: Polled<T>, every: number): () => void {
  const stopped = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const turn = async () => {
    let wait = every;
    try {
      const value = await read(stopped.signal);
      if (!stopped.signal.aborted) came(value);
    } catch (error) {
      wait = Math.min(every, RETRY_MS);
      if (!stopped.signal.aborted) failed(error);
    }
    if (!stopped.signal.aborted) timer = setTimeout(turn, wait);
  };
  void turn();
  return () => {
    stopped.abort();
    clearTimeout(timer);
  };
}
