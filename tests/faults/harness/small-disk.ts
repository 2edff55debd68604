import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../helpers/process.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const BLOCK = Buffer.alloc(2 ** 20);

/** A file system of its own that can really be full. */
export interface SmallDisk {
  /** Somebody else takes all that is left of it. */
  fill(): Promise<void>;
  /** And gives it back. */
  free(): Promise<void>;
  unmount(): Promise<void>;
}

/** Mounts a tmpfs of `size` bytes on a directory; undefined where this user may not. */
export async function mountSmallDisk(path: string, size: number): Promise<SmallDisk | undefined> {
  await mkdir(path, { recursive: true });
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]).catch(() => undefined);
  if (mounted?.code !== 0) return undefined;
  const ballast = join(path, 'ballast');
  return {
    async fill() {
      const file = await open(ballast, 'w');
      try {
        for (;;) await file.write(BLOCK);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast, { force: true }),
    async unmount() {
      await run('umount', ['-l', path]);
    },
  };
}

/** Why no small disk can be had here; undefined where it can. */
export async function noSmallDisk(): Promise<string | undefined> {
  const folder = await temporaryDirectory();
  const disk = await mountSmallDisk(folder.path, BLOCK.length);
  await disk?.unmount();
  await folder.remove();
  return disk ? undefined : 'this user may not mount a tmpfs';
}
