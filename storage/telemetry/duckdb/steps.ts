import type { Lane } from './lane.ts';
import { integer, rowsOf, toNumber } from './values.ts';
import type { Writer } from './writer.ts';

const MINUTE = 60_000;
/** Rows that one step deletes, about: a put waits some 20 ms for so many. */
const DELETED = 50_000;
/** Rows that one step looks through. */
const READ = 1_000_000;

/** How many rows a minute has, and how many of them are to go. */
export interface Minute {
  /** ms. */
  readonly start: number;
  readonly rows: number;
  readonly going: number;
}

/** Deletes what lies from the end of the step before, or from the beginning, to `end` (ms), exclusive. */
export interface Step {
  readonly end: number;
  /** Whether there is anything to delete. */
  readonly needed: boolean;
}

/** Minutes, in order, taken together as long as a step stays small; one minute is never divided. */
export function stepsOf(minutes: readonly Minute[]): readonly Step[] {
  const steps: Step[] = [];
  let [rows, going, end] = [0, 0, Number.NEGATIVE_INFINITY];
  const finish = () => {
    if (rows > 0) steps.push({ end, needed: going > 0 });
    [rows, going] = [0, 0];
  };
  for (const minute of minutes) {
    if (rows + minute.rows > READ || going + minute.going > DELETED) finish();
    rows += minute.rows;
    going += minute.going;
    end = minute.start + MINUTE;
  }
  finish();
  return steps;
}

/** Rows of `table` that meet `condition`, of those with a `column` (ms) below `before`. */
export interface Deletion {
  readonly table: string;
  readonly column: string;
  readonly condition?: string;
  readonly before?: number;
}

/**
 * Deletes rows step by step, each in a transaction of its own on the writing lane, where puts take their turns in
 * between. `reading` is asked first how many there are of each minute. Resolves with how many went.
 */
export async function deleteInSteps(
  reading: Lane,
  writing: Lane,
  writer: Writer,
  { table, column, condition = 'true', before }: Deletion,
): Promise<number> {
  const bound = before === undefined ? 'true' : `${column} < ${integer(before)}`;
  const minutes = await reading.run((connection) =>
    rowsOf(
      connection,
      `SELECT (${column} // ${MINUTE} * ${MINUTE})::DOUBLE, count(*), count(*) FILTER (WHERE ${condition})
      FROM ${table} WHERE ${bound} GROUP BY ALL ORDER BY 1`,
    ),
  );
  const steps = stepsOf(
    minutes.map((row) => ({ start: toNumber(row[0]), rows: toNumber(row[1]), going: toNumber(row[2]) })),
  );
  let [deleted, from] = [0, 'true'];
  for (const { end, needed } of steps) {
    if (needed) {
      const to = `${column} < ${integer(before === undefined ? end : Math.min(end, before))}`;
      deleted += await writing.run(() =>
        writer.change(`DELETE FROM ${table} WHERE ${from} AND ${to} AND ${condition}`),
      );
    }
    from = `${column} >= ${integer(end)}`;
  }
  return deleted;
}
