/** The journal's flushed head as ingest knows it; those who wait are woken when it moves or ingest stops. */
export interface Head {
  /** The journal was flushed up to `seq`. */
  moved(seq: number): void;
  /** Resolves with the head once it is beyond `seq`; undefined when ingest stops. */
  beyond(seq: number): Promise<number | undefined>;
  /** Resolves once the head has reached `seq`, `ms` have passed or ingest stops. */
  reached(seq: number, ms: number): Promise<void>;
  stop(): void;
}

export function createHead(): Head {
  let head = 0;
  let stopped = false;
  let waiting: (() => void)[] = [];
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  };
  return {
    moved(seq) {
      if (seq <= head) return;
      head = seq;
      wake();
    },
    async beyond(seq) {
      while (!stopped && head <= seq) await new Promise<void>((resume) => waiting.push(resume));
      return stopped ? undefined : head;
    },
    async reached(seq, ms) {
      if (ms <= 0) return;
      let over = false;
      const timer = setTimeout(() => {
        over = true;
        wake();
      }, ms);
      while (!stopped && !over && head < seq) await new Promise<void>((resume) => waiting.push(resume));
      clearTimeout(timer);
    },
    stop() {
      stopped = true;
      wake();
    },
  };
}
