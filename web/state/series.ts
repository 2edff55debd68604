import type { Metric } from '../../model/metric.ts';
import type { Aggregate } from '../api/shapes.ts';

/** The windows a chart may be made of, by their length in seconds. */
const WINDOWS = [
  ['5m', 300],
  ['15m', 900],
  ['1h', 3_600],
] as const;

export interface ChartWindow {
  readonly id: (typeof WINDOWS)[number][0];
  readonly seconds: number;
}

/** The shortest window in which a report of the metric is expected: a shorter one would be half gaps. */
export function windowFor({ interval }: Pick<Metric, 'interval'>): ChartWindow {
  const [id, seconds] = WINDOWS.find(([, length]) => length >= interval) ?? WINDOWS[2];
  return { id, seconds };
}

/** A day in columns, as uPlot reads them: seconds since the epoch, and null where a window has no data. */
export interface Series {
  readonly times: number[];
  readonly values: (number | null)[];
  readonly lows: (number | null)[];
  readonly highs: (number | null)[];
  /** Least and greatest figure, null without any. */
  readonly range: readonly [low: number, high: number] | null;
}

/** Puts windows onto an unbroken grid from `from` to `to` (ms): what is missing is a gap and not a line across. */
export function seriesOf(items: readonly Aggregate[], window: ChartWindow, from: number, to: number): Series {
  const step = window.seconds;
  const byTime = new Map(items.map((item) => [Math.round(Date.parse(item.time) / 1_000), item]));
  const times: number[] = [];
  for (let at = Math.ceil(from / 1_000 / step) * step; at <= to / 1_000; at += step) times.push(at);
  const rows = times.map((time) => byTime.get(time));
  const figures = items.map(({ value }) => value);
  return {
    times,
    values: rows.map((row) => row?.value ?? null),
    lows: rows.map((row) => row?.min ?? null),
    highs: rows.map((row) => row?.max ?? null),
    range: figures.length === 0 ? null : [Math.min(...figures), Math.max(...figures)],
  };
}
