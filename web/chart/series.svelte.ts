import { ApiError } from '../api/client.ts';
import { type ChartQuestion, loadTrack } from './load.ts';
import type { Resolution } from './resolution.ts';
import type { Track } from './track.ts';

const RETRY_MS = 5_000;

/** Where a series stands: on its way, read, closed to who reads, or not readable for now. */
export type Standing = 'pending' | 'read' | 'closed' | 'failed';

/** One series of a chart. What was read stays until what was asked next has come. */
export class ChartSeries {
  track: Track | undefined = $state.raw();
  standing: Standing = $state('pending');
  /** Whether something is on its way. */
  busy: boolean = $state(false);

  /** Reads it, again where it fails, until the returned function is called. */
  follow(question: ChartQuestion, resolution?: Resolution): () => void {
    const stopped = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      this.busy = true;
      try {
        const track = await loadTrack(question, stopped.signal, resolution);
        if (stopped.signal.aborted) return;
        this.track = track;
        this.standing = 'read';
      } catch (error) {
        if (stopped.signal.aborted) return;
        const closed = error instanceof ApiError && (error.status === 401 || error.status === 403);
        this.standing = closed ? 'closed' : 'failed';
        if (!closed) timer = setTimeout(read, RETRY_MS);
      }
      this.busy = false;
    };
    void read();
    return () => {
      stopped.abort();
      clearTimeout(timer);
    };
  }

  /** Another series takes the place: what was read must not be seen under its name. */
  clear(): void {
    this.track = undefined;
    this.standing = 'pending';
  }
}
