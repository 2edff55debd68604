import { readFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'vitest';

/** The text of an open data file that stands beside the repository; where it is missing the test is skipped, with the reason shown. */
export async function sharedData(context: TestContext, path: string): Promise<string> {
  try {
    return await readFile(new URL(`../../../shared/data/${path}`, import.meta.url), 'utf8');
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
