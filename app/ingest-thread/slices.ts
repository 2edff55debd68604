/** Rows that cross between threads at a time: more of them would hold up whoever waits for an acknowledgement. */
export const SLICE = 500;

/** The beginning of an answer, and under which number the rest is kept; undefined where that is all. */
export interface Slice<Row> {
  readonly rows: readonly Row[];
  readonly rest: number | undefined;
}

/** Answers that are handed over slice by slice. What nobody asks for any more is forgotten when others come. */
export class Slices<Row> {
  readonly #kept = new Map<number, readonly Row[]>();
  readonly #atMost: number;
  #last = 0;

  /** `atMost` answers are under way at a time; of more, the oldest are given up. */
  constructor(atMost = 64) {
    this.#atMost = atMost;
  }

  first(rows: readonly Row[]): Slice<Row> {
    if (rows.length <= SLICE) return { rows, rest: undefined };
    this.#last += 1;
    const rest = this.#last;
    this.#kept.set(rest, rows.slice(SLICE));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#atMost && oldest !== undefined) this.#kept.delete(oldest);
    return { rows: rows.slice(0, SLICE), rest };
  }

  /** The next rows of an answer. Throws where it was given up. */
  next(rest: number): Slice<Row> {
    const rows = this.#kept.get(rest);
    if (!rows) throw new Error('the answer was given up: too many were asked for at a time');
    this.#kept.delete(rest);
    return this.first(rows);
  }
}

/** All rows of an answer. */
export async function gathered<Row>(
  first: Slice<Row>,
  next: (rest: number) => Promise<Slice<Row>>,
): Promise<readonly Row[]> {
  if (first.rest === undefined) return first.rows;
  const rows = [...first.rows];
  let rest: number | undefined = first.rest;
  while (rest !== undefined) {
    const slice = await next(rest);
    for (const row of slice.rows) rows.push(row);
    rest = slice.rest;
  }
  return rows;
}
