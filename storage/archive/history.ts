import type { Observation } from '../../model/observation.ts';
import type {
  BucketQuery,
  Corrected,
  FrameSeries,
  Identity,
  RangeQuery,
  TelemetryReader,
  VolumeQuery,
  VolumeRow,
} from '../telemetry/port.ts';
import { framesOver } from './history-frames.ts';
import { volumeOver } from './history-volume.ts';
import type { ArchiveReader } from './port.ts';

/** Raw observations wherever they are: in the store, in the archive, or while a day moves in both. */
export interface History {
  /** As TelemetryStore.range, over both, each identity once. */
  range(query: RangeQuery): Promise<readonly Observation[]>;
  /** As TelemetryStore.superseded, over both. */
  superseded(identity: Identity): Promise<readonly number[]>;
  /** As TelemetryStore.corrected, over both. */
  corrected(query: RangeQuery): Promise<readonly Corrected[]>;
  /** As TelemetryStore.frames, over both; `signal` breaks off the reading of the archive. */
  frames(query: BucketQuery, signal?: AbortSignal): Promise<readonly FrameSeries[]>;
  /** As TelemetryStore.volume, over both and for all devices together; `signal` as of `frames`. */
  volume(query: Omit<VolumeQuery, 'byDevice'>, signal?: AbortSignal): Promise<readonly VolumeRow[]>;
  /** As TelemetryStore.cells, over both. */
  cells(devices: readonly string[], metric: string, from: number, to: number): Promise<readonly string[]>;
}

type Store = Pick<TelemetryReader, 'range' | 'corrected' | 'superseded' | 'frames' | 'volume' | 'cells'>;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const inOrder = (a: Identity, b: Identity): number =>
  a.time - b.time || byText(a.device, b.device) || byText(a.metric, b.metric);

/**
 * Joins a store and its archive. The store is always asked first: a day is deleted from it only once it is archived, so
 * that what the store did not tell any more the archive tells.
 */
export function createHistory(store: Store, archive: ArchiveReader | undefined): History {
  if (!archive)
    return {
      range: (query) => store.range(query),
      corrected: (query) => store.corrected(query),
      superseded: (identity) => store.superseded(identity),
      frames: (query) => store.frames(query),
      volume: (query) => store.volume(query),
      cells: (...asked) => store.cells(...asked),
    };
  return {
    frames: (query, signal) => framesOver(store, archive, query, signal),
    volume: (query, signal) => volumeOver(store, archive, query, signal),
    async cells(...asked) {
      const [, , from, to] = asked;
      const kept = await store.cells(...asked);
      if (from >= to || !(await archive.holds(from, to))) return kept;
      return [...new Set([...kept, ...(await archive.cells(...asked))])];
    },
    async range(query) {
      const kept = await store.range(query);
      if (!(await archive.holds(query.from, query.to))) return kept;
      const archived = await archive.read(query);
      return archived.length === 0 ? kept : merged(kept, archived).slice(0, query.limit);
    },
    async corrected(query) {
      const kept = await store.corrected(query);
      if (!(await archive.holds(query.from, query.to))) return kept;
      const archived = await archive.corrected(query);
      return archived.length === 0 ? kept : merged(kept, archived).slice(0, query.limit);
    },
    async superseded(identity) {
      const { device, metric, time } = identity;
      const kept = await store.superseded(identity);
      if (!(await archive.holds(time, time + 1))) return kept;
      const archived = await archive.superseded({ device, metric, time });
      return archived.length > kept.length ? archived : kept;
    },
  };
}

/** Two ordered lists as one; of an identity in both, the first list's. */
function merged<T extends Identity>(first: readonly T[], second: readonly T[]): readonly T[] {
  const all: T[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [a, b] = [first[i], second[j]];
    if (!a) return all.concat(second.slice(j));
    if (!b) return all.concat(first.slice(i));
    const order = inOrder(a, b);
    all.push(order <= 0 ? a : b);
    if (order <= 0) i += 1;
    if (order >= 0) j += 1;
  }
}
