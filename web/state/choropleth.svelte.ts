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

/** What the wards are coloured by. */
export interface WardsAsked extends Pick<WardsQuestion, 'domain' | 'filters' | 'over' | 'per'> {
  readonly figure: Figure;
  readonly timezone: string;
}

/** A ward's figure; `newest` in ms since the epoch. */
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

/** The request for what is asked for at `now`. Ends at the full minute, so that many pages ask the same. */
export function questionAt({ figure, timezone, ...asked }: WardsAsked, now: number): WardsQuestion {
  const to = Math.floor(now / 60_000) * 60_000;
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

/** The figures of all wards for one metric and span, kept fresh while the wards are shown. */
export class Choropleth {
  state: ChoroplethState = $state('idle');
  /** Empty until they have come. */
  figures: ReadonlyMap<string, WardFigure> = $state.raw(new Map());
  /** How many wards have a figure but no known population, where figures are by inhabitants. */
  uncounted = $state(0);
  /** What the figures are of; null before any was asked for. */
  asked: WardsAsked | null = $state.raw(null);
  /** The ward that the pointer or the keyboard is on. */
  pointed: string | null = $state(null);
  #tag: string | null = null;

  readonly scale: Scale | undefined = $derived.by(() => {
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

  /** Asks, and again every minute, until the returned function is called. `wards` takes polygons that have changed. */
  follow(asked: WardsAsked, wards: (areas: TaggedWards['wards']) => void): () => void {
    this.asked = asked;
    this.figures = new Map();
    this.state = 'loading';
    const read = (signal: AbortSignal) =>
      Promise.all([fetchWardFigures(questionAt(asked, Date.now()), signal), fetchWardsUnless(this.#tag, signal)]);
    return poll(
      {
        read,
        came: ([view, changed]) => {
          if (changed) {
            this.#tag = changed.tag;
            wards(changed.wards);
          }
          this.figures = figuresOf(view);
          this.uncounted = view.without_population?.length ?? 0;
          this.state = 'ready';
        },
        failed: (error) => {
          const closed = error instanceof ApiError && (error.status === 401 || error.status === 403);
          this.state = closed ? 'closed' : 'failed';
        },
      },
      REFRESH_MS,
    );
  }
}
