import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it, type TestContext } from 'vitest';

/** The text of an open data file that stands beside the repository; where it is missing the test is skipped, with the reason shown. */
export async function sharedData(context: TestContext, path: string): Promise<string> {
  return (await sharedBytes(context, path)).toString('utf8');
}

/** The same, of a file that is no text. */
export async function sharedBytes(context: TestContext, path: string): Promise<Buffer> {
  try {
    return await readFile(new URL(`../../../shared/data/${path}`, import.meta.url));
  } catch {
    return context.skip(`../shared/data/${path} is not here`);
  }
}

/**
 * A suite that needs open data files: `describe(title, suite)` with their texts. Where one is missing its only test is
 * skipped with the reason, or fails when CI=true. Await it at the top of the test file.
 */
export async function withSharedData(
  paths: readonly string[],
  title: string,
  suite: (...texts: string[]) => void | Promise<void>,
): Promise<void> {
  const read = (path: string) => readFile(new URL(`../../../shared/data/${path}`, import.meta.url), 'utf8');
  const texts = await Promise.all(paths.map((path) => read(path).catch(() => undefined)));
  const found = texts.filter((text) => text !== undefined);
  const reason = `${paths.filter((_, i) => texts[i] === undefined).map((path) => `../shared/data/${path}`)} is not here`;
  describe(title, () => {
    if (found.length === paths.length) return suite(...found);
    it('needs open data', (context) => {
      if (process.env.CI === 'true') throw new Error(reason);
      context.skip(reason);
    });
  });
}

/** As `withSharedData`, with the names of all files below a folder, relative to it. */
export async function withSharedFolder(
  folder: string,
  title: string,
  suite: (files: readonly string[], read: (file: string) => Promise<string>) => void | Promise<void>,
): Promise<void> {
  const place = new URL(`../../../shared/data/${folder}/`, import.meta.url);
  const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(fileURLToPath(place), join(entry.parentPath, entry.name)))
    .sort();
  if (files.length === 0) return withSharedData([folder], title, () => undefined);
  describe(title, () => suite(files, (file) => readFile(new URL(file, place), 'utf8')));
}
