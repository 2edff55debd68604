import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { z } from 'zod';
import type { Position } from '../../model/geometry.ts';
import { type CsvRecord, positionOf } from './mapping.ts';

const Cells = z.record(z.string(), z.string());

export interface SourceOptions {
  readonly delimiter: string;
  /** Columns that must be there. */
  readonly columns: readonly string[];
  /** Called for every record that does not fit the header. */
  broken?(): void;
}

/** Streams the records of a CSV file (RFC 4180, UTF-8, header line). Throws where a wanted column is not in the header. */
export async function* recordsOf(
  file: string,
  { delimiter, columns, broken }: SourceOptions,
): AsyncGenerator<CsvRecord> {
  const parser = parse({
    bom: true,
    delimiter,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: () => {
      broken?.();
      return undefined;
    },
    columns: (header: string[]) => {
      const names = header.map((name) => name.trim());
      const absent = columns.filter((column) => !names.includes(column));
      if (absent.length > 0)
        throw new Error(`${file} has no column ${absent.join(', ')}; its columns are ${names.join(', ')}`);
      return names;
    },
  });
  // pipeline hands an error of the file on to the parser, whose iterator throws it.
  pipeline(createReadStream(file), parser, () => undefined);
  for await (const record of parser) yield Cells.parse(record);
}

/** Positions by the first of the columns (id, latitude, longitude). Rows without a position are left out. */
export async function locationsOf(
  file: string,
  delimiter: string,
  columns: readonly string[],
): Promise<Map<string, Position>> {
  const locations = new Map<string, Position>();
  const [id = '', lat = '', lon = ''] = columns;
  for await (const record of recordsOf(file, { delimiter, columns })) {
    const position = positionOf([record[lat]?.trim() ?? '', record[lon]?.trim() ?? '']);
    if (position) locations.set(record[id]?.trim() ?? '', position);
  }
  return locations;
}
