import type { Bus, LiveObservation, LiveState } from '../../storage/bus/port.ts';

/** A live city for tests: what is told becomes the newest state, goes over the bus, and can be read again by id. */
export interface TestLive extends LiveState {
  tell(...observations: readonly Omit<LiveObservation, 'id'>[]): readonly LiveObservation[];
  /** Adds to the journal without a word on the bus, as happens while nobody listens. */
  write(...observations: readonly Omit<LiveObservation, 'id'>[]): readonly LiveObservation[];
  /** Takes observations as the store's, known before the journal was read. */
  know(...observations: readonly Omit<LiveObservation, 'id'>[]): void;
  /** Drops everything but the newest `count` records. */
  trim(count: number): void;
}

export function createTestLive(bus: Bus): TestLive {
  let journal: LiveObservation[] = [];
  let head = 0;
  let oldest = 1;
  const newest = new Map<string, LiveObservation>();
  const seqOf = (id: string) => Number(id.split('.')[0]);

  function write(observations: readonly Omit<LiveObservation, 'id'>[]): readonly LiveObservation[] {
    const written = observations.map((observation) => {
      head += 1;
      return { ...observation, id: `${head}.0` };
    });
    journal.push(...written);
    for (const observation of written) newest.set(`${observation.device} ${observation.metric}`, observation);
    return written;
  }
  return {
    write: (...observations) => write(observations),
    tell(...observations) {
      const written = write(observations);
      bus.publish('latest', written);
      if (bus.wanted('observations')) bus.publish('observations', written);
      return written;
    },
    know(...observations) {
      for (const observation of observations)
        newest.set(`${observation.device} ${observation.metric}`, { ...observation, id: '0.0' });
    },
    trim(count) {
      oldest = Math.max(1, head - count + 1);
      journal = journal.filter(({ id }) => seqOf(id) >= oldest);
    },
    latest: (device) =>
      [...newest.values()].filter((observation) => device === undefined || observation.device === device),
    async since(after, limit) {
      const seq = seqOf(after);
      if (seq > head) return { items: [], next: `${head}.0`, complete: false };
      const items = journal.filter(({ id }) => seqOf(id) > seq).slice(0, limit);
      return { items, next: items.at(-1)?.id ?? after, complete: seq + 1 >= oldest };
    },
  };
}
