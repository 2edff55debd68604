import { fileURLToPath } from 'node:url';
import { run } from './process.ts';

const MAIN = fileURLToPath(new URL('../../dist/app/cli/main.js', import.meta.url));

/** What a command said and how it ended. */
export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout, parsed. */
  json(): unknown;
}

export interface CommandOptions {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

/** `npm run city -- …` as a process of its own, of the built city. */
export async function command(args: readonly string[], { dataDir, env = {}, input }: CommandOptions): Promise<Said> {
  const settings = { ADMIN_KEY: '', CITY_URL: '', LOG_LEVEL: 'warn', DATA_DIR: dataDir, ...env };
  const options = { env: settings, ...(input === undefined ? {} : { input }) };
  const { code, stdout, stderr } = await run(process.execPath, [MAIN, ...args], options);
  return { code, stdout, stderr, json: () => JSON.parse(stdout) };
}

/** A command that must succeed; answers what it printed with --json. */
export async function done(args: readonly string[], options: CommandOptions): Promise<unknown> {
  const said = await command([...args, '--json'], options);
  if (said.code !== 0) throw new Error(`city ${args.join(' ')}: ${said.code}\n${said.stdout}\n${said.stderr}`);
  return said.json();
}
