import type { Step } from '../../model/playback.ts';
import { STEP_MS, STEPS } from '../../model/playback.ts';
import type { Range } from './buckets.ts';

/** Cells of one part: as much as comes in well under a second. */
const CELLS = 150_000;
/** Buckets of one part: fewer are not worth a request, and more would make the first picture wait. */
const [FEWEST, MOST] = [6, 288];

/** A part of a range: its buckets are those from `first` up to `end`, exclusive. */
export interface Chunk {
  readonly first: number;
  readonly end: number;
}

/** The parts of `count` buckets of so many series each. */
export function chunksOf(count: number, series: number): readonly Chunk[] {
  const size = Math.max(FEWEST, Math.min(MOST, Math.floor(CELLS / Math.max(1, series))));
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => ({
    first: index * size,
    end: Math.min(count, (index + 1) * size),
  }));
}

/**
 * The part to read next: the one that holds the buckets just before the moment (a place in the edges), then those
 * after it, then those before; undefined where all have come.
 */
export function nextChunk(waiting: readonly Chunk[], place: number): Chunk | undefined {
  const wanted = Math.max(0, place - 1);
  return waiting.find(({ end }) => end > wanted) ?? waiting.at(-1);
}

/** Buckets that are read of the time before a range, at most. */
const SEED_BUCKETS = 100;

/**
 * What is read so that the first moment of a range is whole: the `lookback` (ms) before it, in the finest step that
 * needs few buckets.
 */
export function seedOf({ from }: Range, lookback: number): Range & { readonly step: Step } {
  const step = STEPS.find((each) => lookback / STEP_MS[each] <= SEED_BUCKETS) ?? 'P1D';
  return { from: from - lookback, to: from, step };
}
