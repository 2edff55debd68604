import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const text = await readFile(new URL('../docs/security.md', import.meta.url), 'utf8');
/** A contract is a test by the name of its file without `.test`. Rows of the tables whose last column names tests: everything but their heads. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (threat|---)/.test(line))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

describe('the threat model', () => {
  it('has lines, and a test in each', () => {
    expect(rows.length).toBeGreaterThan(30);
    for (const row of rows) expect(row[2] ?? '', row[0]).toMatch(/`[^`]+\.ts` › \S/);
  });

  it.each(rows.map(([threat = '', , tests = '']) => [threat, tests]))('%s: its tests are there', async (_, tests) => {
    for (const [, file = '', name = ''] of tests.matchAll(/`([^`]+\.ts)` › ([^;]+)/g)) {
      const source = await readFile(new URL(`../${file}`, import.meta.url), 'utf8');
      expect(source, `${file} has no test “${name.trim()}”`).toContain(name.trim());
    }
  });
});
