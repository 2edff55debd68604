import { LEVEL_NAMES, levelOf } from '../../model/level.ts';
import type { Figure } from '../state/figure.ts';
import type { Preferences } from '../state/preferences.svelte.ts';
import { dayIn } from './axis.ts';
import { longestOf } from './gaps.ts';
import { markOf } from './marks.ts';
import type { RangeChoice } from './range.ts';
import { gapAt, type Point, pointAt, type Track } from './track.ts';

/** What is told with: the words, and the time it is (ms). */
export interface Telling {
  readonly preferences: Pick<Preferences, 'messages' | 'format' | 'language'>;
  readonly figure: Figure;
  readonly now: number;
}

/** How long from one moment to another, in the greatest unit that makes sense of it. */
export function lengthOf(from: number, to: number, { format }: Pick<Preferences, 'format'>): string {
  const seconds = Math.max(60, (to - from) / 1_000);
  const unit = seconds >= 2 * 86_400 ? 86_400 : seconds >= 2 * 3_600 ? 3_600 : 60;
  return format.span(Math.round(seconds / unit) * unit);
}

/** When a point is of: a moment, or from when to when. */
export function whenOf(point: Point, { resolution }: Pick<Track, 'resolution'>, { preferences, now }: Telling): string {
  const { format, messages, language } = preferences;
  if (resolution === 'raw') return format.moment(point.start, now);
  if (resolution === '1d') return dayIn(point.start, language, format.timezone);
  return messages.chart.between(format.moment(point.start, now), format.moment(point.end, point.start));
}

/** A point's value, with the word of its level and whatever is to be told besides. */
export function pointTold(point: Point, { preferences, figure }: Telling): string {
  const { format, messages, language } = preferences;
  const level = point.quality === 'invalid' ? undefined : levelOf(figure.thresholds, point.value);
  const mark = markOf(point);
  const was = point.superseded.map((value) => format.quantity(value, figure.unit)).join(', ');
  return [
    format.quantity(point.value, figure.unit),
    ...(level === undefined ? [] : [LEVEL_NAMES[level][language]]),
    ...(mark === undefined ? [] : [messages.chart.marks[mark]]),
    ...(was === '' ? [] : [messages.chart.was(was)]),
  ].join(' · ');
}

/** What a track holds at a moment, in words. */
export function toldAt(track: Track, at: number, telling: Telling): string {
  const { preferences, now } = telling;
  const { format, messages } = preferences;
  const point = pointAt(track, at);
  if (point !== undefined) return `${whenOf(point, track, telling)}: ${pointTold(point, telling)}`;
  const gap = gapAt(track, at);
  if (gap === undefined) return messages.chart.none;
  const length = lengthOf(gap.from, gap.to, preferences);
  return messages.chart.gapTold(format.moment(gap.from, now), format.moment(gap.to, now), length);
}

/** The range in words. */
export function rangeTold(choice: RangeChoice, past: boolean, { preferences, now }: Omit<Telling, 'figure'>): string {
  const { format, messages } = preferences;
  if (typeof choice !== 'string')
    return messages.chart.between(format.moment(choice.from, now), format.moment(choice.to, now));
  return past ? messages.chart.around(messages.chart.spans[choice]) : messages.chart.spansLong[choice];
}

/** How many gaps there are and which is the longest. */
export function gapsTold({ gaps }: Pick<Track, 'gaps'>, { preferences, now }: Omit<Telling, 'figure'>): string {
  const { format, messages } = preferences;
  const longest = longestOf(gaps);
  if (longest === undefined) return messages.chart.noGaps;
  const length = lengthOf(longest.from, longest.to, preferences);
  return messages.chart.gaps(format.number(gaps.length), format.moment(longest.from, now), length);
}

/** The whole track in one breath, for who does not see it. */
export function summaryOf(track: Track, range: string, telling: Telling): string {
  const { preferences, figure } = telling;
  const { format, messages, language } = preferences;
  if (track.extent === null) return messages.chart.none;
  const [low, high] = track.extent;
  const last = track.points.findLast(({ quality }) => quality !== 'invalid');
  const name = figure.name[language];
  return [
    messages.chart.sum(name, range, format.quantity(low, figure.unit), format.quantity(high, figure.unit)),
    ...(last === undefined ? [] : [messages.chart.last(pointTold(last, telling))]),
    `${gapsTold(track, telling)}.`,
  ].join(' ');
}
