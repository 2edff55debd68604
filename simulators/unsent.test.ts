import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadUnsent, saveUnsent } from './unsent.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'nhip-unsent-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

it('keeps which devices have not sent their history, and no file when all have', async () => {
  const directory = await folder();
  const path = join(directory, 'unsent.json');
  expect(await loadUnsent(path)).toEqual(new Set());
  await saveUnsent(path, new Set(['sim-a', 'sim-b']));
  expect(await loadUnsent(path)).toEqual(new Set(['sim-a', 'sim-b']));
  await saveUnsent(path, new Set());
  expect(await readdir(directory)).toEqual([]);
  await saveUnsent(path, new Set());
});

it('takes a file that is none for an empty list: the city starts all the same', async () => {
  const path = join(await folder(), 'unsent.json');
  await writeFile(path, '{"half":');
  expect(await loadUnsent(path)).toEqual(new Set());
});
