import { ApiError } from '../api/client.ts';
import { fetchVolume, type RangeQuestion } from '../api/playback.ts';
import { edgesOf, placeOf } from './buckets.ts';

/** How much data there is in one bucket of a range. */
export interface Bar {
  /** Where the bucket begins and ends, ms since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly received: number;
  readonly expected: number;
}

/** What is asked: of several domains the sum. */
export interface VolumeAsked extends Omit<RangeQuestion, 'domain' | 'box'> {
  readonly domains: readonly Pick<RangeQuestion, 'domain' | 'box'>[];
  readonly timezone: string;
}

/** How much data there is along a range. */
export class VolumeStore {
  bars: readonly Bar[] = $state.raw([]);
  failed: boolean = $state(false);

  /** Reads it once; the returned function lets go of it. */
  follow({ domains, timezone, ...range }: VolumeAsked): () => void {
    const stopped = new AbortController();
    const edges = edgesOf(range, range.step, timezone);
    this.bars = [];
    this.failed = false;
    Promise.all(domains.map(({ domain, box = null }) => fetchVolume({ domain, box, ...range }, stopped.signal))).then(
      (volumes) => {
        const sums = edges.slice(0, -1).map((from, place) => ({
          from: Math.max(from, range.from),
          to: edges[place + 1] ?? range.to,
          received: 0,
          expected: 0,
        }));
        for (const { time, observations, expected } of volumes.flatMap(({ items }) => items)) {
          const bar = sums[Math.max(0, placeOf(edges, Date.parse(time)))];
          if (bar === undefined) continue;
          bar.received += observations;
          // Where nobody can tell how much was due, no gap is shown.
          bar.expected += expected ?? observations;
        }
        if (!stopped.signal.aborted) this.bars = sums;
      },
      (error: unknown) => {
        // Without it the slider works all the same; who is locked out is told so by what is played.
        if (!stopped.signal.aborted) this.failed = !(error instanceof ApiError && error.status === 401);
      },
    );
    return () => stopped.abort();
  }
}
