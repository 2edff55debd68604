import type { z } from 'zod';
import { Problem } from '../../model/problem.ts';

/** What a command's end means to whoever called it; docs/operate.md lists them. */
export const EXIT = {
  done: 0,
  /** It could not be done: the city or its disk does not answer. The same command may succeed later. */
  failed: 1,
  /** The command line cannot be used. */
  usage: 2,
  /** The city refused: not there, there already, not valid, not allowed. The same command fails again. */
  refused: 3,
} as const;

/** The parts of problem details (RFC 9457) that the command line needs; a failure of its own has no status. */
const Complaint = Problem.partial({ status: true });
type Complaint = z.infer<typeof Complaint>;

/** A command that was not done: how the process ends and what it says. `message` is one line. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: number;
  readonly complaint: Complaint;
  constructor(exitCode: number, complaint: Complaint) {
    super(lineOf(complaint));
    this.exitCode = exitCode;
    this.complaint = complaint;
  }
}

/** Faults a line names; --json has all that the city sent. */
const NAMED = 5;

function lineOf({ title, detail, errors = [] }: Complaint): string {
  const named = errors.slice(0, NAMED).map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const more = errors.length > NAMED ? [`and ${errors.length - NAMED} more`] : [];
  // A detail that is made of faults says these already.
  const unsaid = named.filter((fault) => !detail?.includes(fault));
  const rest = named.length > 0 && unsaid.length === 0 ? [] : [...unsaid, ...more];
  return [detail ?? title, ...rest].join('; ').replaceAll(/\s*\n\s*/g, ' ');
}

/** Nothing is wrong with the command, but it could not be done. */
export const failed = (detail: string) =>
  new CommandFailure(EXIT.failed, { type: 'about:blank', title: 'It could not be done', code: 'failed', detail });

/** The command line cannot be used. */
export const wrongUsage = (detail: string) =>
  new CommandFailure(EXIT.usage, { type: 'about:blank', title: 'Wrong usage', code: 'wrong-usage', detail });

/** What was asked for is not there or not possible, found out without asking the API. */
export const refused = (detail: string) =>
  new CommandFailure(EXIT.refused, { type: 'about:blank', title: 'It was refused', code: 'refused', detail });

/** The failure that an answer of the API stands for. */
export function failureOf(status: number, body: string): CommandFailure {
  const exitCode = status >= 500 ? EXIT.failed : EXIT.refused;
  const problem = Problem.safeParse(parsed(body));
  if (problem.success) return new CommandFailure(exitCode, problem.data);
  const title = `The city answered ${status}, not as a city of this version does`;
  return new CommandFailure(exitCode, { type: 'about:blank', title, status, code: 'failed' });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
