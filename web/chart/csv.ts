import type { Language } from '../../model/text.ts';
import type { Subject } from '../api/series.ts';
import type { Figure } from '../state/figure.ts';
import { type CsvValue, csvOf } from '../table/csv.ts';
import type { Track } from './track.ts';
import { instantIn } from './zone.ts';

/** A series as it is written. */
export interface CsvSeries {
  readonly subject: Subject;
  /** What it is called. */
  readonly name: string;
  readonly figure: Figure;
  readonly simulated: boolean;
  readonly track: Track;
}

/**
 * What charts show as a file: a header, then a line for each point. Numbers are plain, times RFC 3339 with the city's
 * offset; unit and zone stand in the header, and where the units differ in a column. As in all files of the page the
 * columns and values are those of the API in any language, and names stand beside their ids.
 */
export function seriesCsv(series: readonly CsvSeries[], timezone: string, language: Language): string {
  const units = new Set(series.map(({ figure }) => figure.unit));
  const [only] = units.size === 1 ? units : [];
  const unit = only === undefined ? '' : ` (${only})`;
  const header = [
    ...[`time (${timezone})`, `until (${timezone})`, 'of', 'id', 'name', 'metric', 'metric name', 'resolution'],
    ...[`value${unit}`, `minimum${unit}`, `maximum${unit}`, ...(only === undefined ? ['unit'] : [])],
    ...['quality', 'flags', `received (${timezone})`, 'superseded', 'reports', 'reports expected', 'simulated'],
  ];
  const rows = series.flatMap(({ subject, name, figure, simulated, track: { points, resolution, from, to } }) =>
    points
      .filter(({ start, end }) => end >= from && start <= to)
      .map((point): readonly CsvValue[] => [
        instantIn(point.start, timezone),
        resolution === 'raw' ? null : instantIn(point.end, timezone),
        ...[subject.type, subject.id, name, figure.id, figure.name[language], resolution],
        ...[point.value, point.low, point.high, ...(only === undefined ? [figure.unit] : [])],
        // An aggregate has no quality of its own: invalid observations are left out of it.
        resolution === 'raw' ? point.quality : 'aggregate',
        point.flags.join(' '),
        point.received === null ? null : instantIn(point.received, timezone),
        point.superseded.length === 1 ? (point.superseded[0] ?? null) : point.superseded.join(' '),
        ...[point.count, point.expected, simulated],
      ]),
  );
  return csvOf([header, ...rows]);
}

/** Hands the text to the reader as a file. */
export function saveCsv(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.csv`;
  link.click();
  // The browser takes the file in its own time.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
