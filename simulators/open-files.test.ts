import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openFilesLimit } from './open-files.ts';

async function limits(line: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nhip-limits-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'limits');
  await writeFile(path, `Limit                     Soft Limit           Hard Limit           Units     \n${line}\n`);
  return path;
}

it.each([
  ['Max open files            20000                524288               files     ', 20_000],
  ['Max open files            unlimited            unlimited            files     ', Number.POSITIVE_INFINITY],
])('reads %j', async (line, limit) => {
  expect(await openFilesLimit(await limits(line))).toEqual({ limit, known: true });
});

it('is cautious where the system does not say', async () => {
  expect(await openFilesLimit('/nowhere')).toEqual({ limit: 1_024, known: false });
  expect(await openFilesLimit(await limits('Max cpu time  unlimited  unlimited  seconds'))).toMatchObject({
    known: false,
  });
});
