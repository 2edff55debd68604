import { STEP_MS, type Step } from '../../model/playback.ts';
import { changeAddress } from './address.ts';
import { edgesOf, placeOf, type Range, stepFor, stepsOf } from './buckets.ts';
import { readTime, type Speed, timeParameters, USUAL_SPEED } from './time-address.ts';

/** The present as it comes, the present held still, or a stored range. */
export type Mode = 'live' | 'paused' | 'playback';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A stored moment without a range is shown within so much before and after it. */
const AROUND_MS = DAY_MS / 2;
/** While it plays, the address follows no more often: browsers refuse more than a hundred changes in half a minute. */
const ADDRESS_MS = 2_000;

/** What time needs to know of the page. */
export interface TimeSources {
  /** The time it is, ms since the epoch. */
  wall(): number;
  timezone(): string;
}

const clamp = (at: number, { from, to }: Range): number => Math.min(to, Math.max(from, at));

/** Which moment of the city is shown, and how it moves on. All of it is in the page's address. */
export class Time {
  readonly #sources: TimeSources;
  /** Whether it is another moment than the page's own, which alone is in the address. */
  #aside = false;
  mode: Mode = $state('live');
  playing: boolean = $state(false);
  speed: Speed = $state(USUAL_SPEED);
  loop: boolean = $state(false);
  /** The moment that what is shown is compared with, ms since the epoch; null: with none. */
  other: number | null = $state(null);
  /** The moment itself, ms: between two buckets while it plays. */
  #at: number | null = $state(null);
  #range: Range | null = $state.raw(null);
  #step: Step | null = $state(null);
  #written = 0;

  /** The range that is played; without one the last 24 hours. */
  readonly range: Range = $derived.by(() => this.#range ?? this.#last(DAY_MS));
  readonly step: Step = $derived(stepFor(this.range, this.#step));
  readonly steps: readonly Step[] = $derived(stepsOf(this.range));
  /** Where the buckets of the range begin, and its end. */
  readonly edges: readonly number[] = $derived.by(() => edgesOf(this.range, this.step, this.#sources.timezone()));
  /**
   * The moment that is shown, ms since the epoch; null: the present. In playback it is the last edge of a bucket: what
   * came before it is known, and nothing after it is shown.
   */
  readonly moment: number | null = $derived.by(() => {
    if (this.mode === 'live' || this.#at === null) return null;
    if (this.mode === 'paused') return this.#at;
    return Math.max(this.range.from, this.edges[placeOf(this.edges, this.#at)] ?? this.range.from);
  });
  /** The same, moving on between the edges while it plays: where the slider and what drives are. */
  readonly exact: number | null = $derived(this.mode === 'live' ? null : this.#at);

  constructor(sources: TimeSources) {
    this.#sources = sources;
  }

  /** Shows a stored moment (ms) beside the page's own, by buckets of this step. */
  standAt(at: number, step: Step): void {
    this.#aside = true;
    this.mode = 'playback';
    this.#step = step;
    // As few as are a range: what is older is looked for before it.
    this.#range = { from: at - 2 * STEP_MS[step], to: at };
    this.#at = at;
  }

  /** Takes over what the address says: at the start, and when the reader goes back or forth. */
  read(): void {
    const { at, range, step, speed, loop, other } = readTime(window.location.search);
    this.playing = false;
    this.speed = speed;
    this.loop = loop;
    this.other = other;
    this.#step = step;
    this.mode = at === null ? 'live' : 'playback';
    const around = at === null ? null : { from: at - AROUND_MS, to: Math.min(at + AROUND_MS, this.#last(0).to) };
    const told = at !== null && range !== null && at >= range.from && at <= range.to;
    this.#range = told ? range : around && around.to > around.from ? around : null;
    this.#at = at === null ? null : clamp(at, this.range);
  }

  /** The present again. */
  live(): void {
    this.mode = 'live';
    this.playing = false;
    this.#at = null;
    this.#range = null;
    this.#step = null;
    this.#write();
  }

  /** Holds the present still. A link to it opens the stored city at that moment. */
  pause(): void {
    this.mode = 'paused';
    this.playing = false;
    this.#range = null;
    this.#at = this.#sources.wall();
    this.#write();
  }

  /** Shows a stored range, from the moment that is shown if it lies in it, else from its end. */
  open(range: Range = this.range): void {
    const before = this.#at;
    this.mode = 'playback';
    this.#range = range;
    this.#at = before !== null && before >= range.from && before <= range.to ? before : range.to;
    this.playing = false;
    this.#write();
  }

  /** The last so many ms, up to the present minute. */
  openLast(ms: number): void {
    this.open(this.#last(ms));
  }

  /** Plays, from the beginning where it has come to the end; or stops at the edge that is shown. */
  play(playing: boolean): void {
    if (this.mode !== 'playback') this.open();
    if (playing && this.#at !== null && this.#at >= this.range.to) this.#at = this.range.from;
    if (!playing) this.#at = this.moment;
    this.playing = playing;
    this.#write();
  }

  /** Shows the edge at or before a moment; `settled` is false while the reader still drags. */
  seek(at: number, settled = true): void {
    if (this.mode !== 'playback') this.open();
    this.#at = clamp(at, this.range);
    if (!this.playing) this.#at = this.moment;
    if (settled) this.#write();
  }

  /** So many buckets back or forth, and stands. */
  stepBy(count: number): void {
    if (this.mode !== 'playback') this.open();
    this.playing = false;
    const place = placeOf(this.edges, this.#at ?? this.range.to) + count;
    this.seek(this.edges[Math.max(0, Math.min(place, this.edges.length - 1))] ?? this.range.from);
  }

  chooseStep(step: Step): void {
    this.#step = step;
    if (!this.playing) this.#at = this.moment;
    this.#write();
  }

  chooseSpeed(speed: Speed): void {
    this.speed = speed;
    this.#write();
  }

  repeat(loop: boolean): void {
    this.loop = loop;
    this.#write();
  }

  /** Compares what is shown with another moment, null with none. */
  compare(other: number | null): void {
    this.other = other;
    this.#write();
  }

  /**
   * So many ms of the reader have passed. What has not come yet is waited for: it goes no further than `known`, ms
   * since the epoch. At the end it begins anew, or stands.
   */
  advance(elapsed: number, known: number): void {
    if (!this.playing || this.#at === null) return;
    const { from, to } = this.range;
    const next = Math.min(this.#at + elapsed * this.speed, Math.max(known, this.#at));
    if (next < to) this.#at = next;
    else if (this.loop) this.#at = from;
    else {
      this.#at = to;
      this.playing = false;
    }
    if (!this.playing || Math.abs(this.#sources.wall() - this.#written) >= ADDRESS_MS) this.#write();
  }

  #last(ms: number): Range {
    const to = Math.floor(this.#sources.wall() / MINUTE_MS) * MINUTE_MS;
    return { from: to - ms, to };
  }

  #write(): void {
    if (this.#aside) return;
    this.#written = this.#sources.wall();
    const past = this.mode === 'playback';
    changeAddress(
      timeParameters({
        at: this.moment,
        range: past ? this.range : null,
        step: past ? this.step : null,
        speed: this.speed,
        loop: this.loop,
        other: this.other,
      }),
    );
  }
}
