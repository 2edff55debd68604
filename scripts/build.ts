import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compressPage } from './compress.ts';

/** Builds server and page into dist/. With --if-needed only when a source is newer than what is built. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STAMP = join(ROOT, 'dist/.built');
const SOURCES = [
  'model',
  'storage',
  'broker',
  'ingest',
  'api',
  'simulators',
  'app',
  'types',
  'web',
  'scripts/build.ts',
  'scripts/compress.ts',
];
const SETTINGS = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Whether anything that the build reads has changed since. */
export function isStale(): boolean {
  const built = modified(STAMP);
  return built === 0 || [...SOURCES, ...SETTINGS].some((path) => newest(join(ROOT, path)) > built);
}

/** Builds; throws with the compiler's words on failure. */
export function build(): void {
  const began = new Date();
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  for (const [tool, ...args] of [
    ['tsc', '-p', 'tsconfig.build.json'],
    ['vite', 'build', 'web', '--logLevel', 'warn'],
  ]) {
    const { status } = spawnSync(join(ROOT, 'node_modules/.bin', tool ?? ''), args, { cwd: ROOT, stdio: 'inherit' });
    if (status !== 0) throw new Error(`${tool} failed`);
  }
  compressPage(join(ROOT, 'dist/web'));
  writeFileSync(STAMP, `${began.toISOString()}\n`);
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const within = readdirSync(path).filter((name) => !name.endsWith('.test.ts'));
  return Math.max(0, ...within.map((name) => newest(join(path, name))));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--if-needed') || isStale()) {
    console.log('building the city …');
    try {
      build();
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  }
}
