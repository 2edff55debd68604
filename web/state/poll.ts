/** What is read again and again, and what becomes of it. */
export interface Polled<T> {
  read(signal: AbortSignal): Promise<T>;
  /** A reading that came. */
  came(value: T): void;
  /** A reading that failed; the next one is tried all the same. */
  failed(error: unknown): void;
}

/** Reads at once and then `every` so many ms after each answer, until the returned function is called. */
export function poll<T>({ read, came, failed }: Polled<T>, every: number): () => void {
  const stopped = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const turn = async () => {
    try {
      const value = await read(stopped.signal);
      if (!stopped.signal.aborted) came(value);
    } catch (error) {
      if (!stopped.signal.aborted) failed(error);
    }
    if (!stopped.signal.aborted) timer = setTimeout(turn, every);
  };
  void turn();
  return () => {
    stopped.abort();
    clearTimeout(timer);
  };
}
