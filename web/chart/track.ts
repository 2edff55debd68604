import type { Flag, Quality } from '../../model/observation.ts';
import type { Observed, Windowed } from '../api/shapes.ts';
import { type Gap, gapsOf, patience } from './gaps.ts';
import type { Range } from './range.ts';
import { type Resolution, WINDOWS } from './resolution.ts';

/** One thing that a chart shows: an observation, or a window of them. Times in ms since the epoch. */
export interface Point {
  /** Where it is drawn: when it was observed, or the middle of its window. */
  readonly at: number;
  readonly start: number;
  /** The end of its window, `start` of an observation. */
  readonly end: number;
  readonly value: number;
  /** Least and greatest of its window, null where the figure has none. */
  readonly low: number | null;
  readonly high: number | null;
  /** Invalid ones are shown and lead no line. Of windows `valid`: invalid observations are left out of them. */
  readonly quality: Quality;
  readonly flags: readonly Flag[];
  readonly received: number | null;
  /** What corrections replaced, oldest first. */
  readonly superseded: readonly number[];
  /** How many reports the window holds and should hold; null where that cannot be told. */
  readonly count: number;
  readonly expected: number | null;
}

/** A series as a chart shows it, and as its CSV and its table tell it. */
export interface Track extends Range {
  readonly resolution: Resolution;
  /** In the order of time. */
  readonly points: readonly Point[];
  readonly gaps: readonly Gap[];
  /** Share of the reports of the whole range that were received, null where that cannot be told. */
  readonly completeness: number | null;
  /** Least and greatest of what is drawn, null without any. */
  readonly extent: readonly [low: number, high: number] | null;
}

/** What is the same for both ways of making a track. */
interface Frame extends Range {
  readonly now: number;
  /** Expected seconds between two reports. */
  readonly interval: number;
  readonly completeness: number | null;
}

/** Of what leads a line: an invalid value may be anything. */
function extentOf(points: readonly Point[]): Track['extent'] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const point of points) {
    if (point.quality === 'invalid') continue;
    low = Math.min(low, point.low ?? point.value);
    high = Math.max(high, point.high ?? point.value);
  }
  return low > high ? null : [low, high];
}

/** A track of single observations. Invalid ones do not count as heard: what they cover is a gap with marks in it. */
export function trackOfObservations(
  items: readonly Observed[],
  { from, to, now, interval, completeness }: Frame,
  superseded: ReadonlyMap<number, readonly number[]> = new Map(),
): Track {
  const points = items.map(({ time, value, quality, flags, received }): Point => {
    const at = Date.parse(time);
    const window = { at, start: at, end: at, low: null, high: null, count: 1, expected: null };
    return { ...window, value, quality, flags, received: Date.parse(received), superseded: superseded.get(at) ?? [] };
  });
  const heard = points.flatMap(({ at, quality }) => (quality === 'invalid' ? [] : [{ oldest: at, newest: at }]));
  return {
    ...{ from, to, resolution: 'raw', points, completeness },
    gaps: gapsOf(heard, from, Math.min(to, now), patience(interval)),
    extent: extentOf(points),
  };
}

/** How a figure is drawn of windows. */
export interface Drawing {
  readonly resolution: Exclude<Resolution, 'raw'>;
  /** Whether the line is the mean; else it is the metric's own figure, a total of the window for instance. */
  readonly mean: boolean;
  /** Whether there is a band from least to greatest. */
  readonly band: boolean;
}

/** A track of windows as `GET /api/v1/aggregates` tells them. */
export function trackOfWindows(
  items: readonly Windowed[],
  { from, to, now, interval, completeness }: Frame,
  { resolution, mean, band }: Drawing,
): Track {
  const end = Math.min(to, now);
  const length = WINDOWS[resolution] * 1_000;
  const points = items.map((item): Point => {
    const start = Date.parse(item.time);
    return {
      at: (start + Math.min(start + length, Math.max(end, start))) / 2,
      start,
      end: start + length,
      value: (mean ? item.mean : undefined) ?? item.value,
      low: band ? (item.min ?? null) : null,
      high: band ? (item.max ?? null) : null,
      ...{ quality: 'valid', flags: [], received: null, superseded: [] },
      count: item.received,
      expected: item.expected,
    };
  });
  const heard = items.map(({ oldest, newest }) => ({ oldest: Date.parse(oldest), newest: Date.parse(newest) }));
  return {
    ...{ from, to, resolution, points, completeness },
    gaps: gapsOf(heard, from, end, patience(interval)),
    extent: extentOf(points),
  };
}

/** Columns as uPlot reads them: seconds, and null where a gap breaks the line. */
export interface Columns {
  readonly times: readonly number[];
  readonly line: readonly (number | null)[];
  readonly lows: readonly (number | null)[];
  readonly highs: readonly (number | null)[];
}

/** The track in columns: one more row in the middle of each gap, so that no line leads across it. */
export function columnsOf({ points, gaps }: Pick<Track, 'points' | 'gaps'>): Columns {
  type Row = readonly [time: number, line: number | null, low: number | null, high: number | null];
  const rows: Row[] = points
    .filter(({ quality }) => quality !== 'invalid')
    .map(({ at, value, low, high }) => [at / 1_000, value, low, high]);
  rows.push(...gaps.map(({ from, to }): Row => [(from + to) / 2_000, null, null, null]));
  rows.sort((a, b) => a[0] - b[0]);
  return {
    times: rows.map(([time]) => time),
    line: rows.map(([, line]) => line),
    lows: rows.map(([, , low]) => low),
    highs: rows.map(([, , , high]) => high),
  };
}

/** The gap that a moment lies in. */
export const gapAt = ({ gaps }: Pick<Track, 'gaps'>, time: number): Gap | undefined =>
  gaps.find(({ from, to }) => from < time && time < to);

/** The point that stands for a moment: that whose window holds it, else the nearest; undefined within a gap. */
export function pointAt(track: Pick<Track, 'points' | 'gaps' | 'resolution'>, time: number): Point | undefined {
  const { points, resolution } = track;
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.start ?? Number.POSITIVE_INFINITY) <= time) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [points[low - 1], points[low]];
  if (before?.start === time) return before;
  if (resolution !== 'raw' && before !== undefined && time < before.end) return before;
  if (gapAt(track, time) !== undefined) return undefined;
  if (before === undefined || after === undefined) return before ?? after;
  return time - before.at <= after.at - time ? before : after;
}
