/** What strace saw of one system call: where it began and ended in the order of all that happened. */
export interface TracedCall {
  readonly name: string;
  /** Number of the thread that made it; strace counts `when=` for each of them. */
  readonly thread: string;
  /** Arguments as strace prints them. */
  readonly text: string;
  readonly begin: number;
  readonly end: number;
  readonly result: number;
  /** Whether strace made the result up. */
  readonly injected: boolean;
}

const WHOLE = /^(\d+) +(\w+)\((.*)\) += (-?\d+)(.*)$/;
const UNFINISHED = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)(.*)$/;

/** Reads the output of `strace -f`; calls that never ended are left out. In the order of their ends. */
export function parseTrace(output: string): TracedCall[] {
  const open = new Map<string, { text: string; begin: number }>();
  const calls: TracedCall[] = [];
  for (const [at, line] of output.split('\n').entries()) {
    const unfinished = UNFINISHED.exec(line);
    if (unfinished) {
      const [, thread = '', name = '', text = ''] = unfinished;
      open.set(`${thread} ${name}`, { text, begin: at });
      continue;
    }
    const ended = WHOLE.exec(line) ?? RESUMED.exec(line);
    if (!ended) continue;
    const [, thread = '', name = '', rest = '', result = '', note = ''] = ended;
    const begun = open.get(`${thread} ${name}`);
    open.delete(`${thread} ${name}`);
    calls.push({
      name,
      thread,
      text: (begun?.text ?? '') + rest,
      begin: begun?.begin ?? at,
      end: at,
      result: Number(result),
      injected: note.includes('INJECTED'),
    });
  }
  return calls;
}

/** The line that the traced program wrote with this call. */
export function printed(call: TracedCall): string | undefined {
  return call.name === 'write' ? /^\d+, "(.*?)(?:\\n)?"/.exec(call.text)?.[1] : undefined;
}
