import Table from 'cli-table3';
import type { CommandFailure } from './failure.ts';

/** Where text goes: the result, and all that is said beside it. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Where a command says what came of it. */
export interface Output {
  /** The result: as JSON where asked for, else what a person reads. */
  result(json: unknown, text: string): void;
  /** Something beside the result; never on stdout. */
  note(line: string): void;
  /** Why it was not done. */
  failure(failure: CommandFailure): void;
}

export function createOutput(json: boolean, name: string, { out, err }: Streams): Output {
  return {
    result(value, text) {
      const said = json ? JSON.stringify(value, null, 2) : text;
      if (said !== '') out(`${said}\n`);
    },
    note: (line) => err(`${line}\n`),
    failure(failure) {
      const said = json ? JSON.stringify(failure.complaint) : `${name}: ${failure.message}`;
      err(`${said}\n`);
    },
  };
}

/** Nothing is drawn between the columns, so that a terminal's selection and `awk` meet only the words. */
const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

/** Rows under their headings in columns as wide as need be; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const [first = []] = rows;
  const drawn = new Table({
    head: [...head],
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_, i) => (typeof first[i] === 'number' ? 'right' : 'left')),
  });
  drawn.push(...rows.map((row) => [...row]));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
