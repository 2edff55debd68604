import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { run } from './process.ts';

/** The programs of others that the tests run, each with the Debian package that has it. */
const PACKAGES = {
  influxd: 'influxdb',
  mosquitto: 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  mosquitto_sub: 'mosquitto-clients',
  strace: 'strace',
  chromium: 'chromium',
  'g++': 'g++',
  /** A Python that can import paho.mqtt. */
  python3: 'python3-paho-mqtt',
} as const;

export type ToolName = keyof typeof PACKAGES;

/** A program that can be run: with `env` beside the environment, so that it finds its libraries. */
export interface Tool {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

type Found = { readonly tool: Tool } | { readonly reason: string };

const CACHE = fileURLToPath(new URL('../../.cache/tools/', import.meta.url));
/** Debian keeps servers where an ordinary user's PATH does not look. */
const SBIN = ['/usr/local/sbin', '/usr/sbin', '/sbin'];
const CI = process.env.CI === 'true';
const found = new Map<ToolName, Promise<Found>>();

/** Finds a program on PATH, else gets it from Debian's packages into .cache/tools; undefined, said aloud, where neither works. */
export async function findTool(name: ToolName): Promise<Tool | undefined> {
  const result = await look(name);
  return 'tool' in result ? result.tool : undefined;
}

/** Finds the programs or throws with the reason; for set-ups that have promised not to run without. */
export async function needTools(names: readonly ToolName[]): Promise<void> {
  for (const name of names) {
    const result = await look(name);
    if ('reason' in result && CI) throw new Error(`${name} is needed and cannot be had: ${result.reason}`);
  }
}

/**
 * A suite that needs programs: `describe(title, suite)` where they are all there. Where one is missing its only test is
 * skipped with the reason, or fails when CI=true. Await it at the top of the test file.
 */
export async function withTool(names: readonly ToolName[], title: string, suite: () => void): Promise<void> {
  for (const name of names) {
    const result = await look(name);
    if ('tool' in result) continue;
    describe(title, () => {
      it(`needs ${name}`, (context) => {
        if (CI) throw new Error(result.reason);
        context.skip(result.reason);
      });
    });
    return;
  }
  describe(title, suite);
}

function look(name: ToolName): Promise<Found> {
  const before = found.get(name);
  if (before) return before;
  const now = find(name).catch((error: unknown): Found => ({ reason: String(error) }));
  found.set(name, now);
  void now.then((result) => {
    if ('reason' in result) process.stderr.write(`tests that need ${name} are skipped: ${result.reason}\n`);
  });
  return now;
}

async function find(name: ToolName): Promise<Found> {
  const installed = await onPath(name);
  if (name === 'python3') return await findPython(installed);
  if (installed !== undefined) return { tool: { path: installed, env: {} } };
  if (name === 'chromium') return await installChromium();
  const root = join(CACHE, PACKAGES[name]);
  if ((await inside(root, name)) === undefined) await unpack(PACKAGES[name], root);
  const path = await inside(root, name);
  if (path === undefined) return { reason: `the package ${PACKAGES[name]} has no ${name}` };
  const tool = { path, env: { LD_LIBRARY_PATH: (await libraryFolders(root)).join(delimiter) } };
  const { stdout } = await run('ldd', [path], { env: tool.env });
  const missing = stdout.split('\n').filter((line) => line.includes('not found'));
  if (missing.length > 0) return { reason: `libraries are missing: ${missing.join(', ').trim()}` };
  return { tool };
}

/** The machine's Python where it has the module, else with the module, and Python itself where there is none, unpacked aside. */
async function findPython(installed: string | undefined): Promise<Found> {
  const imports = async (tool: Tool) => (await run(tool.path, ['-c', 'import paho.mqtt.publish'], tool)).code === 0;
  const own = installed === undefined ? undefined : { path: installed, env: {} };
  if (own && (await imports(own))) return { tool: own };
  const name = PACKAGES.python3;
  const root = join(CACHE, name);
  const PYTHONPATH = join(root, 'usr/lib/python3/dist-packages');
  if ((await readdir(join(PYTHONPATH, 'paho')).catch(() => [])).length === 0) await unpack(name, root);
  const path = installed ?? (await inside(root, 'python3'));
  if (path === undefined) return { reason: `${name} came without a python3` };
  const libraries = installed === undefined ? { LD_LIBRARY_PATH: (await libraryFolders(root)).join(delimiter) } : {};
  const tool = { path, env: { ...libraries, PYTHONPATH } };
  return (await imports(tool)) ? { tool } : { reason: `${path} cannot import paho.mqtt of ${name}` };
}

async function onPath(name: string): Promise<string | undefined> {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...SBIN])
    if (folder !== '' && (await executable(join(folder, name)))) return join(folder, name);
  return undefined;
}

async function inside(root: string, name: string): Promise<string | undefined> {
  for (const folder of ['usr/bin', 'usr/sbin'])
    if (await executable(join(root, folder, name))) return join(root, folder, name);
  return undefined;
}

const executable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** `usr/lib` and its folder for the machine's architecture. */
async function libraryFolders(root: string): Promise<readonly string[]> {
  const lib = join(root, 'usr/lib');
  const entries = await readdir(lib, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name.includes('-linux-'));
  const legacy = folders.map((entry) => join(root, 'lib', entry.name));
  return [...folders.map((entry) => join(lib, entry.name)), ...legacy, lib];
}

/** Unpacks a package, and those of its dependencies that the machine lacks, into `root`; nothing of the system changes. */
async function unpack(name: string, root: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, `${name}-`));
  try {
    const folders = ['lists/partial', 'cache/archives/partial', 'debs', 'root'].map((folder) => join(work, folder));
    for (const folder of folders) await mkdir(folder, { recursive: true });
    const own = ['-o', `Dir::State::lists=${join(work, 'lists')}`, '-o', `Dir::Cache=${join(work, 'cache')}`];
    if (!(await download(name, join(work, 'debs'), []))) {
      // The machine's lists of packages are empty or too old: with lists of our own, which need no root. A hook of the
      // machine may fail behind the update, so that only the download tells whether it worked.
      await apt([...own, 'update']);
      if (!(await download(name, join(work, 'debs'), own))) throw new Error(`apt-get download ${name} failed`);
    }
    for (const deb of await readdir(join(work, 'debs'))) {
      const unpacked = await run('dpkg', ['-x', join(work, 'debs', deb), join(work, 'root')]);
      if (unpacked.code !== 0) throw new Error(`dpkg -x ${deb}: ${unpacked.stderr}`);
    }
    // Another process may have been faster; its folder is as good.
    await rename(join(work, 'root'), root).catch(async (error) => {
      if ((await readdir(root).catch(() => [])).length === 0) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Downloads what apt-get would install for a package; false where it cannot. */
async function download(name: string, folder: string, options: readonly string[]): Promise<boolean> {
  const plan = await apt([...options, '-s', '--no-install-recommends', 'install', name]);
  const names = [...(plan ?? '').matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? name);
  return names.length > 0 && (await apt([...options, 'download', ...names], folder)) !== undefined;
}

/** Output of apt-get, undefined when it fails. */
async function apt(args: readonly string[], cwd?: string): Promise<string | undefined> {
  const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const { code, stdout } = await run('apt-get', ['-q', ...args], cwd === undefined ? { env } : { env, cwd });
  return code === 0 ? stdout : undefined;
}

async function need(output: Promise<string | undefined>, what: string): Promise<string> {
  const text = await output;
  if (text === undefined) throw new Error(`${what} failed`);
  return text;
}

/** A browser needs too many libraries to be unpacked aside: it is installed, and only where that is nobody's surprise. */
async function installChromium(): Promise<Found> {
  const root = process.getuid?.() === 0;
  if (!root && !CI) return { reason: 'chromium is not installed, and only root or CI=true installs it' };
  const install = ['-y', '--no-install-recommends', 'install', 'chromium'];
  if ((await apt(install)) === undefined) {
    await need(apt(['update']), 'apt-get update');
    await need(apt(install), 'apt-get install chromium');
  }
  const path = await onPath('chromium');
  return path === undefined ? { reason: 'the package chromium has no chromium' } : { tool: { path, env: {} } };
}
