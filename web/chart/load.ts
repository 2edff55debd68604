import { inputsOf } from '../../model/metric.ts';
import { fetchCorrections, fetchObservations, fetchWindows, type Subject } from '../api/series.ts';
import { type Figure, isDerived } from '../state/figure.ts';
import { startOfDay } from '../state/span.ts';
import type { Simulated } from '../state/url.ts';
import type { Range } from './range.ts';
import { type ChartWindow, type Resolution, resolutionFor, WINDOWS } from './resolution.ts';
import { type Drawing, type Track, trackOfObservations, trackOfWindows } from './track.ts';

/** What a chart is to show. */
export interface ChartQuestion extends Range {
  readonly subject: Subject;
  readonly figure: Figure;
  /** Ms since the epoch. */
  readonly now: number;
  /** How wide the plot is, CSS pixels. */
  readonly pixels: number;
  /** IANA name of the city's zone: its days are told. */
  readonly timezone: string;
  readonly simulated: Simulated;
  /** Expected seconds between two reports of a metric. */
  intervalOf(metric: string): number;
}

const HOUR_SECONDS = 3_600;
/** Devices that report more often than they should still fit into a chart, up to so many times a pixel. */
const MOST_PER_PIXEL = 3;

/** How often a figure is told, in seconds: as often as its inputs are, an index by the hour. */
export function intervalFor(figure: Figure, intervalOf: (metric: string) => number): number {
  if (!isDerived(figure)) return figure.interval;
  const longest = Math.max(...inputsOf(figure).map(intervalOf));
  return figure.overDevices === 'index' ? Math.max(HOUR_SECONDS, longest) : longest;
}

/** How the windows of a figure are drawn: a total has no mean, and what adds up over devices no band. */
export function drawingOf(figure: Figure, subject: Subject): Omit<Drawing, 'resolution'> {
  if (isDerived(figure) || figure.overTime === 'sum') return { mean: false, band: false };
  const area = subject.type !== 'device';
  return { mean: !area, band: !area || figure.overDevices !== 'sum' };
}

/** What the chart is made of. */
export const resolutionOf = ({ subject, figure, intervalOf, ...question }: ChartQuestion): Resolution =>
  resolutionFor({
    ...question,
    interval: intervalFor(figure, intervalOf),
    raw: subject.type === 'device' && !isDerived(figure),
    ...(figure.overDevices === 'index' && { least: '1h' }),
  });

/** The range from the start of a whole window, so that the first one does not change from reading to reading. */
export function onWindows({ from, to }: Range, window: ChartWindow, timezone: string): Range {
  const length = WINDOWS[window] * 1_000;
  return { from: window === '1d' ? startOfDay(from, timezone) : Math.floor(from / length) * length, to };
}

/** Reads what a chart shows, in this resolution; throws ApiError for what the city does not answer. */
export async function loadTrack(
  question: ChartQuestion,
  signal: AbortSignal,
  resolution: Resolution = resolutionOf(question),
): Promise<Track> {
  const { subject, figure, from, to, now, simulated, timezone, pixels, intervalOf } = question;
  const interval = intervalFor(figure, intervalOf);
  const query = { subject, metric: figure.id, from, to };
  // An index is of hours: of the whole range it has no figure.
  const whole =
    figure.overDevices === 'index'
      ? Promise.resolve([])
      : fetchWindows({ ...query, window: 'all', fn: 'value', simulated }, signal);
  if (resolution === 'raw') {
    const limit = MOST_PER_PIXEL * Math.max(100, Math.ceil(pixels));
    const [read, [all], superseded] = await Promise.all([
      fetchObservations({ ...query, limit }, signal),
      whole,
      // Without its marks a chart is still one.
      fetchCorrections({ ...query, limit }, signal).catch(() => undefined),
    ]);
    if (read.more) return loadTrack(question, signal, '5m');
    const frame = { from, to, now, interval, completeness: all?.completeness ?? null };
    return trackOfObservations(read.items, frame, superseded);
  }
  const drawing = { resolution, ...drawingOf(figure, subject) };
  const fn = isDerived(figure) ? 'value' : 'mean,min,max';
  const asked = { ...query, ...onWindows({ from, to }, resolution, timezone), window: resolution, fn, simulated };
  const [items, [all]] = await Promise.all([fetchWindows(asked, signal), whole]);
  const frame = { from, to, now, interval: Math.max(interval, 1), completeness: all?.completeness ?? null };
  return trackOfWindows(items, frame, drawing);
}
