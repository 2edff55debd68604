import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from './process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUILT = join(ROOT, 'dist/.built');
const LOCK = join(ROOT, '.cache/build.lock');
/** What the build reads. */
const SOURCES = ['model', 'storage', 'broker', 'ingest', 'api', 'simulators', 'app', 'web', 'scripts', 'package.json'];
const CONFIGS = ['tsconfig.json', 'tsconfig.build.json', 'vite.config.ts'];

/** Runs `npm run build` when dist/ is older than a source; once, however many processes ask at the same time. */
export async function ensureBuilt(): Promise<void> {
  if (!(await stale())) return;
  await locked(async () => {
    if (!(await stale())) return;
    const began = new Date();
    const { code, stdout, stderr } = await run('npm', ['run', 'build'], { cwd: ROOT });
    if (code !== 0) throw new Error(`npm run build failed\n${stdout}\n${stderr}`);
    await mkdir(join(ROOT, 'dist'), { recursive: true });
    await writeFile(BUILT, `${began.toISOString()}\n`);
  });
}

async function stale(): Promise<boolean> {
  const built = await modified(BUILT);
  if (built === 0) return true;
  for (const source of [...SOURCES, ...CONFIGS]) if ((await newest(join(ROOT, source))) > built) return true;
  return false;
}

const modified = (path: string) =>
  stat(path).then(
    (found) => found.mtimeMs,
    () => 0,
  );

async function newest(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const names = await readdir(path);
  const within = names.filter((name) => !name.endsWith('.test.ts') && name !== 'node_modules');
  return Math.max(0, ...(await Promise.all(within.map((name) => newest(join(path, name))))));
}

/** Holds .cache/build.lock while `work` runs; a lock whose process is gone is taken over. */
async function locked(work: () => Promise<void>): Promise<void> {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  for (;;) {
    const file = await open(LOCK, 'wx').catch(() => undefined);
    if (file) {
      await file.writeFile(String(process.pid));
      await file.close();
      break;
    }
    const holder = Number(await readFile(LOCK, 'utf8').catch(() => ''));
    if (holder > 0 && holder !== process.pid && !running(holder)) await rm(LOCK, { force: true });
    await delay(100);
  }
  try {
    await work();
  } finally {
    await rm(LOCK, { force: true });
  }
}

function running(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
