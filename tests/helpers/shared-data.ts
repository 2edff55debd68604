import { readFile } from 'node:fs/promises';
import type { TestContext } from 'vitest';

/** The text of an open data file that stands beside the repository; where it is missing the test is skipped, with the reason shown. */
export async function sharedData(context: TestContext, path: string): Promise<string> {
  try {
    return await readFile(new URL(`../../../shared/data/${path}`, import.meta.url), 'utf8');
  } catch {
    return context.skip(`../shared/data/${path} is not here`);
  }
}
