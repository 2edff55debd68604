import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { type Exit, type RunningProcess, run, startProcess } from './process.ts';
import { findTool, type ToolName } from './tools.ts';

/** A mosquitto broker of this test's own. */
export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  kill(): Promise<void>;
  /** Starts it again on the same port and configuration, after kill(). */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

async function tool(name: ToolName) {
  const found = await findTool(name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

/** Starts mosquitto on a free port; `config` is added to its configuration (mosquitto.conf(5)). */
export async function startMosquitto(config = 'allow_anonymous true'): Promise<Mosquitto> {
  const { path, env } = await tool('mosquitto');
  const folder = await mkdtemp(join(tmpdir(), 'mosquitto-'));
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  // As root it would change to a user that the machine may not have and that could not write here.
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  await writeFile(file, `${user}persistence_location ${folder}/\nlistener ${port} 127.0.0.1\n${config}\n`);
  const start = async (): Promise<RunningProcess> => {
    const child = await startProcess(path, ['-c', file], { env });
    await child.line(/mosquitto version \S+ running/);
    return child;
  };
  let child = await start();
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    async kill() {
      await child.kill('SIGKILL');
    },
    async restart() {
      child = await start();
    },
    async stop() {
      await child.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs mosquitto_pub to its end; `input` goes to stdin (for -l and -s). */
export async function mosquittoPub(
  args: readonly string[],
  input?: string,
): Promise<Exit & { readonly stdout: string; readonly stderr: string }> {
  const { path, env } = await tool('mosquitto_pub');
  return await run(path, args, input === undefined ? { env } : { env, input });
}

/** Starts mosquitto_sub; wait for what it prints with `line()` (with -d, /SUBACK/ says that it is subscribed). */
export async function mosquittoSub(args: readonly string[]): Promise<RunningProcess> {
  const { path, env } = await tool('mosquitto_sub');
  // Into a pipe it would keep its lines in a buffer.
  return await startProcess('stdbuf', ['-oL', path, ...args], { env });
}
