import { type ChildProcess, spawn } from 'node:child_process';

export interface ProcessOptions {
  readonly cwd?: string;
  /** Added to the environment of the test run; a value of undefined removes the variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that a test started. It dies with the test run, whatever happens. */
export interface RunningProcess {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves once the program has ended and its output is complete. */
  readonly exited: Promise<Exit>;
  /** The first match in stdout or stderr, already printed or to come; rejects when the program ends without it. */
  line(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>;
  write(text: string): void;
  /** Closes stdin. */
  end(): void;
  kill(signal?: NodeJS.Signals): Promise<Exit>;
}

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Starts a program with piped streams; rejects when it cannot be started. */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<RunningProcess> {
  const child = spawn(command, [...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      out[name] += chunk;
      for (const listener of listeners) listener();
    });
  // A program that ends before it has read its input is no error of the test run.
  child.stdin.on('error', () => {});
  alive.add(child);
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      alive.delete(child);
      resolve({ code, signal });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      alive.delete(child);
      reject(error);
    });
  });

  const line = (pattern: RegExp, timeoutMs = 30_000) =>
    new Promise<RegExpMatchArray>((resolve, reject) => {
      const find = () => out.stdout.match(pattern) ?? out.stderr.match(pattern);
      const settle = (act: () => void) => {
        clearTimeout(timer);
        listeners.delete(look);
        act();
      };
      const fail = (why: string) =>
        settle(() => reject(new Error(`${command}: ${why} before ${pattern}\n${out.stdout}\n${out.stderr}`)));
      const look = () => {
        const match = find();
        if (match) settle(() => resolve(match));
      };
      const timer = setTimeout(() => fail(`nothing for ${timeoutMs} ms`), timeoutMs);
      listeners.add(look);
      look();
      void exited.then(({ code, signal }) => (listeners.has(look) ? fail(`ended (${signal ?? code})`) : undefined));
    });

  return {
    pid: child.pid ?? -1,
    stdout: () => out.stdout,
    stderr: () => out.stderr,
    exited,
    line,
    write: (text) => child.stdin.write(text),
    end: () => child.stdin.end(),
    async kill(signal = 'SIGTERM') {
      child.kill(signal);
      return await exited;
    },
  };
}

/** Runs a program to its end, with `input` on stdin. */
export async function run(
  command: string,
  args: readonly string[],
  options: ProcessOptions & { readonly input?: string } = {},
): Promise<Exit & { readonly stdout: string; readonly stderr: string }> {
  const running = await startProcess(command, args, options);
  if (options.input !== undefined) running.write(options.input);
  running.end();
  const exit = await running.exited;
  return { ...exit, stdout: running.stdout(), stderr: running.stderr() };
}
