import { ApiError } from '../api/client.ts';
import {
  fetchWardFigures,
  fetchWardsUnless,
  type TaggedWards,
  type WardFiguresView,
  type WardsQuestion,
} from '../api/wards.ts';
import { type Figure, isDerived } from './figure.ts';
import { poll } from './poll.ts';
import { bandsOf, classesOf, type Scale, type Tone, toneOf } from './scale.ts';
import { startOf } from './span.ts';

const REFRESH_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Below this share of the expected reports a ward's figure is incomplete. */
export const COMPLETE = 0.8;
/** What a figure by inhabitants is for. */
export const INHABITANTS = 10_000;

/** What the wards, or the H3 cells of a resolution, are coloured by. */
export interface WardsAsked
  extends Pick<WardsQuestion, 'resolution' | 'domain' | 'filters' | 'within' | 'over' | 'per'> {
  readonly figure: Figure;
  readonly timezone: string;
  /** When the span ends, ms since the epoch; null: now. */
  readonly at: number | null;
}

/** A ward's or cell's figure; `newest` in ms since the epoch. */
export interface WardFigure {
  readonly id: string;
  readonly value: number;
  readonly devices: number;
  readonly expected: number | null;
  readonly received: number;
  /** Null where nobody can tell how many reports were due: moving devices come and go. */
  readonly completeness: number | null;
  readonly newest: number;
}

/** Whether the figure adds up devices: then a ward's total says more by its inhabitants. */
export const isSum = (figure: Figure): boolean => figure.overDevices === 'sum';

/** Whether a ward's figure may be judged by the metric's bands: they are of one device, and say nothing of totals. */
const isBanded = (figure: Figure): boolean =>
  isDerived(figure) || (figure.overDevices !== 'sum' && figure.overTime !== 'sum');

/** The request for what is asked for, at `now` unless it is of a moment. Ends at the full minute, so that many pages ask the same. */
export function questionAt({ figure, timezone, at, ...asked }: WardsAsked, now: number): WardsQuestion {
  const to = Math.floor((at ?? now) / 60_000) * 60_000;
  const { over } = asked;
  const index = figure.overDevices === 'index';
  // An index is told by full hours: the one before is there while the present one has hardly begun.
  const from = index && over !== 'today' ? Math.floor(to / HOUR_MS) * HOUR_MS - HOUR_MS : startOf(over, to, timezone);
  return { ...asked, metric: figure.id, window: index ? (over === 'today' ? '1d' : '1h') : 'all', from, to };
}

/** The newest figure of each ward. */
export function figuresOf({ items }: Pick<WardFiguresView, 'items'>): ReadonlyMap<string, WardFigure> {
  const oldestFirst = [...items].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  return new Map(
    oldestFirst.map(({ group, value, newest, devices, expected, received, completeness }) => [
      group,
      { id: group, value, devices, expected, received, completeness, newest: Date.parse(newest) },
    ]),
  );
}

/** Whether a figure rests on enough of the reports that were due; unknown where nobody can tell how many were. */
export type Wholeness = 'complete' | 'incomplete' | 'unknown';

export function wholenessOf({ completeness }: Pick<WardFigure, 'completeness'>): Wholeness {
  if (completeness === null) return 'unknown';
  return completeness < COMPLETE ? 'incomplete' : 'complete';
}

export type ChoroplethState = 'idle' | 'loading' | 'ready' | 'failed' | 'closed';

/** Answers of moments that were shown are kept for who goes back and forth. */
const KEPT = 300;

/** Whether only finer or coarser cells, or another moment, is asked for: what is shown may stay until they come. */
const sameFigures = (a: WardsAsked | null, b: WardsAsked): boolean =>
  a !== null &&
  a.figure === b.figure &&
  a.domain === b.domain &&
  a.filters === b.filters &&
  a.within === b.within &&
  a.over === b.over;

/** The figures of all wards or H3 cells for one metric and span, kept fresh while they are shown. */
export class Choropleth {
  state: ChoroplethState = $state('idle');
  /** Empty until they have come. */
  figures: ReadonlyMap<string, WardFigure> = $state.raw(new Map());
  /** How many wards have a figure but no known population, where figures are by inhabitants. */
  uncounted = $state(0);
  /** Whether there are more cells with a figure than the city tells at once. */
  truncated = $state(false);
  /** What the figures are of; null before any was asked for. */
  asked: WardsAsked | null = $state.raw(null);
  /** The ward or cell that the pointer or the keyboard is on. */
  pointed: string | null = $state(null);
  #tag: string | null = null;
  readonly #like: () => Choropleth | undefined;
  readonly #kept = new Map<string, WardFiguresView>();
  /** The moment to be read next, and whether one is being read. */
  #wanted: WardsAsked | null = null;
  #seeking = false;

  /** `like` answers the one whose scale this one takes, where two moments are compared. */
  constructor(like: () => Choropleth | undefined = () => undefined) {
    this.#like = like;
  }

  readonly scale: Scale | undefined = $derived.by(() => {
    const other = this.#like()?.scale;
    if (other !== undefined) return other;
    if (this.asked === null) return undefined;
    const { figure, per } = this.asked;
    const bands = isBanded(figure) && per === null ? bandsOf(figure) : undefined;
    return bands ?? classesOf([...this.figures.values()].map(({ value }) => value));
  });

  /** The colour of a ward; `none` where it has no figure. */
  tone(id: string): Tone {
    const figure = this.figures.get(id);
    return figure === undefined ? 'none' : toneOf(this.scale, figure.value);
  }

  /**
   * Asks, and again every minute, until the returned function is called. `wards` takes polygons that have changed;
   * without it none are asked for.
   */
  follow(asked: WardsAsked, wards?: (areas: TaggedWards['wards']) => void): () => void {
    const moved = this.#isMoment(asked) && this.asked?.at !== asked.at;
    const finer = asked.resolution !== null && this.asked?.at === asked.at && sameFigures(this.asked, asked);
    const stays = moved || finer;
    // Who may read may have changed where nothing else has.
    if (!moved) this.#kept.clear();
    if (!stays) this.figures = new Map();
    this.asked = asked;
    if (!moved || this.state !== 'ready') this.state = 'loading';
    if (asked.at !== null) return this.#followPast(asked);
    const read = (signal: AbortSignal) =>
      Promise.all([
        fetchWardFigures(questionAt(asked, Date.now()), signal),
        wards && fetchWardsUnless(this.#tag, signal),
      ]);
    return poll(
      {
        read,
        came: ([view, changed]) => {
          if (changed) {
            this.#tag = changed.tag;
            wards?.(changed.wards);
          }
          this.#show(view);
        },
        failed: (error) => this.#fail(error),
      },
      REFRESH_MS,
    );
  }

  /**
   * A stored moment is read once. While it plays, one moment follows another faster than they can be read: the one that
   * is under way comes to its end, and then the newest is asked for.
   */
  #followPast(asked: WardsAsked): () => void {
    this.#wanted = asked;
    if (!this.#seeking) void this.#seek();
    return () => {
      if (this.#wanted === asked) this.#wanted = null;
    };
  }

  async #seek(): Promise<void> {
    this.#seeking = true;
    while (this.#wanted !== null) {
      const asked = this.#wanted;
      this.#wanted = null;
      try {
        const view = await this.#read(asked);
        if (this.#isMoment(asked)) this.#show(view);
      } catch (error) {
        if (this.asked === asked) this.#fail(error);
      }
    }
    this.#seeking = false;
  }

  /** Whether it is of the figures that are shown, be it at another moment of the past. */
  #isMoment(asked: WardsAsked): boolean {
    const { asked: now } = this;
    if (now === null || now.at === null || asked.at === null) return false;
    return sameFigures(now, asked) && now.per === asked.per && now.resolution === asked.resolution;
  }

  async #read(asked: WardsAsked): Promise<WardFiguresView> {
    const question = questionAt(asked, Date.now());
    const name = JSON.stringify(question);
    const view = this.#kept.get(name) ?? (await fetchWardFigures(question));
    this.#kept.delete(name);
    this.#kept.set(name, view);
    for (const oldest of this.#kept.keys()) if (this.#kept.size > KEPT) this.#kept.delete(oldest);
    return view;
  }

  #show(view: WardFiguresView): void {
    this.figures = figuresOf(view);
    this.truncated = view.next !== null;
    this.uncounted = view.without_population?.length ?? 0;
    this.state = 'ready';
  }

  #fail(error: unknown): void {
    const closed = error instanceof ApiError && (error.status === 401 || error.status === 403);
    this.state = closed ? 'closed' : 'failed';
  }
}
