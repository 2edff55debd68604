import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isStale } from '../../scripts/build.ts';
import { run } from './process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LOCK = join(ROOT, '.cache/build.lock');

/** Runs `npm run build` when dist/ is older than a source; once, however many processes ask at the same time. */
export async function ensureBuilt(): Promise<void> {
  if (!isStale()) return;
  await locked(async () => {
    if (!isStale()) return;
    const { code, stdout, stderr } = await run('npm', ['run', 'build'], { cwd: ROOT });
    if (code !== 0) throw new Error(`npm run build failed\n${stdout}\n${stderr}`);
  });
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
