import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { SETTINGS } from './config.ts';

it('every setting is in the list of README.md', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
  const listed = new Set(
    rows.flatMap((row) => [...row.matchAll(/`([A-Z][A-Z0-9_]+)(?:=[^`]*)?`/g)].map(([, name]) => name)),
  );
  // REGISTRY_URL is refused until there is another registry.
  expect(SETTINGS.filter((name) => name !== 'REGISTRY_URL' && !listed.has(name))).toEqual([]);
});
