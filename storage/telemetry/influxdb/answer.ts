import { z } from 'zod';
import { InfluxQueryFailed } from './errors.ts';
import { Transient } from './retry.ts';

/** A value of a result row. */
export type Cell = number | string | boolean | null;

// Rows are not looked into: `numberIn` and `textIn` check what is used, and a million rows would be checked twice.
const rows = z.custom<readonly (readonly Cell[])[]>(Array.isArray);

const Series = z.object({
  name: z.string(),
  tags: z.record(z.string(), z.string()).optional(),
  columns: z.array(z.string()),
  values: rows.optional(),
});

/** The body of an answer to InfluxQL, or of one chunk of it. */
const Answer = z.object({
  results: z
    .array(
      z.object({
        statement_id: z.number().int().optional(),
        series: z.array(Series).optional(),
        error: z.string().optional(),
      }),
    )
    .optional(),
  error: z.string().optional(),
});

/** Rows of one series, or some of them; `statement` counts the statements of the request from 0. */
export interface Rows {
  readonly statement: number;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly Cell[])[];
}

/** What a server says that cannot answer now and may a moment later. */
const PASSING = /timeout|shutting down|engine is closed|max-concurrent-queries|connection refused/i;

/** Reads one JSON document of an answer; throws InfluxQueryFailed, or Transient, for an error in it. */
export function rowsOf(document: string, statements: readonly string[]): readonly Rows[] {
  const answer = Answer.parse(JSON.parse(document));
  const fail = (message: string, statement: number): never => {
    if (PASSING.test(message)) throw new Transient(`InfluxDB: ${message}`);
    throw new InfluxQueryFailed(message, statements[statement] ?? '');
  };
  if (answer.error !== undefined) fail(answer.error, 0);
  return (answer.results ?? []).flatMap((result) => {
    const statement = result.statement_id ?? 0;
    if (result.error !== undefined) fail(result.error, statement);
    return (result.series ?? []).map(({ name, tags, columns, values }) => ({
      statement,
      name,
      tags: tags ?? {},
      columns,
      values: values ?? [],
    }));
  });
}

/** The number in a row's cell; throws where there is none. */
export function numberIn(row: readonly Cell[], column: number): number {
  const cell = row[column];
  if (typeof cell !== 'number') throw new Error(`InfluxDB answers ${String(cell)} where a number was expected`);
  return cell;
}

/** The text in a row's cell, empty for null. */
export function textIn(row: readonly Cell[], column: number): string {
  const cell = row[column];
  return typeof cell === 'string' ? cell : '';
}

/** Splits an answer into its JSON documents, one a line. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest: string[] = [];
  for await (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    rest.push(pieces[0] ?? '');
    for (const piece of pieces.slice(1)) {
      const line = rest.join('');
      rest = [piece];
      if (line.trim() !== '') yield line;
    }
  }
  const line = rest.join('') + decoder.decode();
  if (line.trim() !== '') yield line;
}
