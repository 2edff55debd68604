import type { Position } from '../../model/geometry.ts';
import { createMapper, type MappedRow, type MappingContext, type SkipReason } from './mapping.ts';
import { recordsOf } from './source.ts';

/** A device as the file has it. */
export interface SurveyedDevice {
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly place: Position | undefined;
}

/** What a file holds, found by reading it once before anything is sent. */
export interface Survey {
  readonly rows: number;
  readonly readings: number;
  readonly devices: readonly SurveyedDevice[];
  readonly skipped: Partial<Record<SkipReason, number>>;
  readonly missingValues: number;
  readonly ambiguousTimes: number;
  /** Ms since the epoch; Infinity and -Infinity where there is no reading. */
  readonly oldest: number;
  readonly newest: number;
}

/** The columns that a mapping needs. */
export function columnsOf({ options }: MappingContext): string[] {
  const { device, name, time, quality, position, metric, where } = options;
  const named = [device, name, quality].filter((column) => column !== undefined);
  return [...new Set([...named, ...time, ...(position ?? []), ...metric.map(([c]) => c), ...where.map(([c]) => c)])];
}

/** Streams the readings of a file; `skip` hears of every row that is none. */
export async function* readingsOf(
  context: MappingContext,
  skip: (reason: SkipReason) => void,
): AsyncGenerator<MappedRow> {
  const map = createMapper(context);
  const { file, delimiter } = context.options;
  const source = { delimiter, columns: columnsOf(context), broken: () => skip('broken-record') };
  for await (const record of recordsOf(file, source)) {
    const mapped = map(record);
    if ('skipped' in mapped) skip(mapped.skipped);
    else yield mapped;
  }
}

/** Reads the whole file. Throws where two different cells make the same device id: their readings would become one series. */
export async function surveyOf(context: MappingContext): Promise<Survey> {
  const devices = new Map<string, SurveyedDevice>();
  const skipped: Partial<Record<SkipReason, number>> = {};
  let [readings, missingValues, ambiguousTimes, oldest, newest] = [
    0,
    0,
    0,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  const skip = (reason: SkipReason) => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  for await (const row of readingsOf(context, skip)) {
    readings += 1;
    missingValues += row.missing;
    if (row.ambiguous) ambiguousTimes += 1;
    oldest = Math.min(oldest, row.time);
    newest = Math.max(newest, row.time);
    const known = devices.get(row.device);
    if (known && known.source !== row.source)
      throw new Error(`"${known.source}" and "${row.source}" would both become device ${row.device}`);
    if (!known) devices.set(row.device, { id: row.device, source: row.source, name: row.name, place: row.place });
  }
  const rows = readings + Object.values(skipped).reduce((sum, count) => sum + count, 0);
  return { rows, readings, devices: [...devices.values()], skipped, missingValues, ambiguousTimes, oldest, newest };
}
