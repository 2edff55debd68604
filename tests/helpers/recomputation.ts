import { parse } from 'csv-parse/sync';
import { DateTime } from 'luxon';
import { z } from 'zod';

/** One result as a file gives it, read without anything of ours. Times are ms since the epoch. */
export interface Result {
  readonly device: string;
  readonly metric: string;
  readonly time: number;
  readonly value: number;
  readonly quality?: 'valid' | 'suspect' | 'invalid';
}

const Rows = z.array(z.record(z.string(), z.string()));

/** The rows of a CSV text, cells by column. */
export const rowsOf = (csv: string): readonly Readonly<Record<string, string>>[] =>
  Rows.parse(parse(csv, { columns: true, bom: true, skip_empty_lines: true }));

/** The instant at which a zone's clocks show a local time; of one that came twice the later where asked. */
export function localTime(text: string, format: string, zone: string, twice: 'earlier' | 'later' = 'earlier'): number {
  const local = DateTime.fromFormat(text, format, { zone, locale: 'en-US' });
  const other = local.plus({ hours: twice === 'later' ? 1 : -1 });
  return (other.hour === local.hour ? other : local).toMillis();
}

/** What should become of the results, as plain arithmetic: an identity is stored once, with the value it was last given. */
export function outcomeOf(results: readonly Result[], ranges: Readonly<Record<string, readonly [number, number]>>) {
  const held = new Map<string, { winner: Result; values: Set<number> }>();
  const counts = { decoded: results.length, stored: 0, duplicate: 0, corrected: 0, quarantined: 0 };
  for (const result of results) {
    const [low, high] = ranges[result.metric] ?? [Number.NaN, Number.NaN];
    const key = `${result.device} ${result.metric} ${result.time}`;
    const before = held.get(key);
    // What a device itself calls invalid is kept as it came.
    const possible = result.quality === 'invalid' || (result.value >= low && result.value <= high);
    if (!possible) counts.quarantined += 1;
    else if (!before) {
      counts.stored += 1;
      held.set(key, { winner: result, values: new Set([result.value]) });
    } else if (before.values.has(result.value)) counts.duplicate += 1;
    else {
      counts.corrected += 1;
      held.set(key, { winner: result, values: before.values.add(result.value) });
    }
  }
  return { counts, stored: [...held.values()].map(({ winner }) => winner) };
}

/** What the API should tell of one device's metric on one day of the city. */
export interface DayFigures {
  readonly group: string;
  readonly time: string;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly last: number;
  readonly total: number;
  readonly oldest: string;
  readonly newest: string;
}

const iso = (ms: number) => new Date(ms).toISOString();

/** Figures by device and day of Hanoi, ordered by time and device; invalid results count for nothing. */
export function daysOf(stored: readonly Result[], metric: string): readonly DayFigures[] {
  const groups = new Map<string, Result[]>();
  for (const result of stored) {
    if (result.metric !== metric || result.quality === 'invalid') continue;
    const day = DateTime.fromMillis(result.time, { zone: 'Asia/Ho_Chi_Minh' }).startOf('day').toMillis();
    const key = `${String(day).padStart(14, '0')} ${result.device}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, results]) => figuresOf(key, results));
}

function figuresOf(key: string, results: readonly Result[]): DayFigures {
  const inOrder = [...results].sort((a, b) => a.time - b.time);
  const values = inOrder.map(({ value }) => value);
  const total = values.reduce((sum, value) => sum + value, 0);
  return {
    group: key.slice(15),
    time: iso(Number(key.slice(0, 14))),
    mean: total / values.length,
    min: Math.min(...values),
    max: Math.max(...values),
    count: values.length,
    last: values.at(-1) ?? Number.NaN,
    total,
    oldest: iso(inOrder[0]?.time ?? Number.NaN),
    newest: iso(inOrder.at(-1)?.time ?? Number.NaN),
  };
}
