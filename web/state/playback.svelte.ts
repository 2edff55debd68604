import type { Step } from '../../model/playback.ts';
import { ApiError } from '../api/client.ts';
import { fetchPlayback, fetchPresence, type SteadyFilters } from '../api/playback.ts';
import type { Box } from '../map/box.ts';
import type { Way } from '../map/driven.ts';
import { edgesOf, placeOf, type Range } from './buckets.ts';
import { type Chunk, chunksOf, nextChunk, seedOf } from './chunks.ts';
import { Connections } from './connections.ts';
import type { LiveDevice } from './device.ts';
import { Frames } from './frames.ts';

/** A domain, the metrics that are read of it and about how many devices it has. */
export interface PlayedDomain {
  readonly domain: string;
  readonly metrics: readonly string[];
  readonly devices: number;
  /** Of a large domain what is in view; absent: all of it. */
  readonly box?: Box;
}

/** What is played. */
export interface PlaybackAsked {
  readonly domains: readonly PlayedDomain[];
  readonly range: Range;
  readonly step: Step;
  readonly timezone: string;
  readonly filters: SteadyFilters;
  /** How long before the range something may have been told that still holds at its beginning, ms. */
  readonly lookback: number;
}

/** `too-much`: more than the API answers, and a shorter range or fewer devices would do. */
export type PlaybackState = 'idle' | 'loading' | 'ready' | 'failed' | 'closed' | 'too-much';

/** Two buckets further apart say too little of the way between them, ms. */
const LONGEST_WAY_MS = 15 * 60_000;
const RETRY_MS = 3_000;
const UNKNOWN = { connected: null, since: null, why: null } as const;

/** Whether a device was part of the city at a moment, ms: once it was registered or told something, until it was retired. */
const wasThere = ({ created, retired, latest }: LiveDevice, moment: number): boolean =>
  (created <= moment || Object.keys(latest).length > 0) && (retired === null || moment < retired);

/** A stored range of the city, read part by part, and the devices as they were at any moment of it. */
export class Playback {
  state: PlaybackState = $state('idle');
  #frames: Frames | null = null;
  #seed: Frames | null = null;
  #connections = new Connections();
  /** Which buckets have come. */
  #came = new Uint8Array(0);
  /** Counts what came: typed arrays tell nobody that they changed. */
  #version = $state(0);
  /** The place in the edges that is wanted next. */
  #wanted = 0;

  /** How much of the range has come, 0 to 1. */
  readonly progress: number = $derived.by(() => {
    void this.#version;
    return this.#came.length === 0 ? 0 : this.#came.reduce((sum, each) => sum + each, 0) / this.#came.length;
  });

  /** Reads a range until the returned function is called; what is nearest to `moment()` (ms) first. */
  follow(asked: PlaybackAsked, moment: () => number): () => void {
    const stopped = new AbortController();
    const frames = new Frames(edgesOf(asked.range, asked.step, asked.timezone));
    this.#frames = frames;
    this.#seed = null;
    this.#connections = new Connections();
    this.#came = new Uint8Array(frames.count);
    this.state = 'loading';
    this.#version += 1;
    void this.#read(asked, frames, moment, stopped.signal);
    void this.#readConnections(asked, this.#connections, stopped.signal);
    return () => stopped.abort();
  }

  /** Forgets what was read. */
  clear(): void {
    this.#frames = null;
    this.#seed = null;
    this.#came = new Uint8Array(0);
    this.state = 'idle';
    this.#version += 1;
  }

  /** Whether everything that is shown at a moment (ms) has come. */
  has(moment: number): boolean {
    void this.#version;
    if (this.#frames === null || this.#seed === null) return false;
    const place = this.#placeOf(moment);
    return place === 0 || this.#came[place - 1] === 1;
  }

  /** The last edge up to which everything after a moment has come, both ms. */
  knownFrom(moment: number): number {
    void this.#version;
    if (this.#frames === null || !this.has(moment)) return moment;
    let place = this.#placeOf(moment);
    while (this.#came[place] === 1) place += 1;
    return Math.max(moment, this.#frames.edges[place] ?? moment);
  }

  /** Those of the devices that were there at a moment, ms, as they were; empty while that is not known yet. */
  devices(
    present: readonly LiveDevice[],
    moment: number,
    moves: (device: LiveDevice) => boolean,
  ): readonly LiveDevice[] {
    const [frames, seed] = [this.#frames, this.#seed];
    if (!this.has(moment) || frames === null || seed === null) return [];
    const place = this.#placeOf(moment);
    const then = present.map((device): LiveDevice => {
      const latest = { ...seed.latest(device.id, seed.count), ...frames.latest(device.id, place) };
      // Where no connection is known, silence alone tells of a device that was away.
      const connection = this.#connections.at(device.id, moment) ?? UNKNOWN;
      const told: LiveDevice = { ...device, latest, told: 'new', ...connection };
      if (!moves(device)) return told;
      const at = frames.lastPosition(device.id, place) ?? seed.lastPosition(device.id, seed.count);
      return { ...told, geometry: at === null ? null : { type: 'Point', coordinates: at } };
    });
    return then.filter((device) => wasThere(device, moment));
  }

  /**
   * Where a device that moves is drawn at a moment between two edges, ms: on the straight way from where it was at the
   * one to where it was at the other. Null where either is not known or they are too far apart.
   */
  between(device: string, moment: number): Way | null {
    const frames = this.#frames;
    if (frames === null) return null;
    const place = this.#placeOf(moment);
    const [start, end] = [frames.edges[place], frames.edges[place + 1]];
    if (start === undefined || end === undefined || end - start > LONGEST_WAY_MS || this.#came[place] !== 1)
      return null;
    const from = frames.positionIn(device, place - 1);
    const to = frames.positionIn(device, place);
    return from && to && { from, to, done: Math.min(1, Math.max(0, (moment - start) / (end - start))) };
  }

  #placeOf(moment: number): number {
    return this.#frames === null ? 0 : Math.max(0, placeOf(this.#frames.edges, moment));
  }

  async #read(asked: PlaybackAsked, frames: Frames, moment: () => number, signal: AbortSignal): Promise<void> {
    const series = asked.domains.reduce((sum, { devices, metrics }) => sum + devices * metrics.length, 0);
    let waiting = chunksOf(frames.count, series);
    while (!signal.aborted) {
      try {
        this.#seed ??= await this.#readSeed(asked, signal);
        this.#version += 1;
        this.#wanted = this.#placeOf(moment());
        const chunk = nextChunk(waiting, this.#wanted);
        if (chunk === undefined) break;
        await this.#readChunk(asked, frames, chunk, signal);
        if (signal.aborted) return;
        waiting = waiting.filter((each) => each !== chunk);
        this.#came.fill(1, chunk.first, chunk.end);
        this.#version += 1;
        this.state = 'loading';
      } catch (error) {
        if (signal.aborted) return;
        this.state = stateAfter(error);
        if (this.state !== 'failed') return;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    if (!signal.aborted) this.state = 'ready';
  }

  /** Without them a range is played all the same. */
  async #readConnections(
    { domains, range, filters }: PlaybackAsked,
    connections: Connections,
    signal: AbortSignal,
  ): Promise<void> {
    await Promise.all(
      domains.map(async ({ domain, box = null }) => {
        const question = { domain, from: range.from, to: range.to, filters, box };
        const history = await fetchPresence(question, signal).catch(() => undefined);
        if (history && !signal.aborted) connections.put(history);
      }),
    );
    if (!signal.aborted) this.#version += 1;
  }

  async #readSeed(
    { domains, range, filters, lookback, timezone }: PlaybackAsked,
    signal: AbortSignal,
  ): Promise<Frames> {
    const { step, from, to } = seedOf(range, lookback);
    const seed = new Frames(edgesOf({ from, to }, step, timezone));
    await Promise.all(
      domains.map(async ({ domain, metrics, box = null }) =>
        seed.put(await fetchPlayback({ domain, metrics, from, to, step, filters, box }, signal)),
      ),
    );
    return seed;
  }

  async #readChunk(
    { domains, range, step, filters }: PlaybackAsked,
    frames: Frames,
    { first, end }: Chunk,
    signal: AbortSignal,
  ) {
    const from = Math.max(range.from, frames.edges[first] ?? range.from);
    const to = frames.edges[end] ?? range.to;
    await Promise.all(
      domains.map(async ({ domain, metrics, box = null }) =>
        frames.put(await fetchPlayback({ domain, metrics, from, to, step, filters, box }, signal)),
      ),
    );
  }
}

/** What an error of the API means for who watches. */
function stateAfter(error: unknown): PlaybackState {
  const status = error instanceof ApiError ? error.status : 0;
  if (status === 400) return 'too-much';
  return status === 401 || status === 403 ? 'closed' : 'failed';
}
