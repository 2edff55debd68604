import { readFile } from 'node:fs/promises';
import { startProcess } from '../../helpers/process.ts';
import { findTool } from '../../helpers/tools.ts';
import { parseTrace, type TracedCall } from '../trace.ts';

/** A fault that strace works on a running process, or only what it sees of it. */
export interface Attached {
  /** The calls so far; those of the last moments may still be missing. */
  calls(): Promise<readonly TracedCall[]>;
  /** Everything strace wrote. */
  text(): Promise<string>;
  /** The fault ends; the process goes on. */
  stop(): Promise<void>;
  /** strace has ended, because of `stop` or with the process. */
  readonly ended: Promise<unknown>;
}

/** Attaches strace to all threads of a process; `output` is where it writes. It holds when this resolves. */
export async function attach(pid: number, output: string, options: readonly string[]): Promise<Attached> {
  const strace = await findTool('strace');
  if (!strace) throw new Error('strace has gone');
  const child = await startProcess(strace.path, ['-f', '-o', output, ...options, '-p', String(pid)], {
    env: strace.env,
  });
  await child.line(/attached/);
  const text = () => readFile(output, 'utf8');
  return {
    calls: async () => parseTrace(await text()),
    text,
    async stop() {
      await child.kill('SIGINT');
    },
    ended: child.exited,
  };
}

/** Why nothing can be traced here; undefined where it can. */
export const noStrace = async (): Promise<string | undefined> =>
  (await findTool('strace')) ? undefined : 'there is no strace';
