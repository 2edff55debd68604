import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LOOKS } from './pictures/screens.ts';
import { DEVICE, fileOf, views } from './pictures/views.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const IMAGES = 'docs/images';
/** What one downloads with the repository. */
const BYTES_AT_MOST = 6 * 1024 * 1024;

const PICTURE = /!\[[^\]]*\]\(([^)\s]+)\)|<(?:img|source)\b[^>]*?\b(?:src|srcset)="([^"]+)"/g;
/** The pictures that a page of the documentation shows, by their paths from the root; not those of other sites. */
async function shownBy(page: string): Promise<string[]> {
  const text = await readFile(join(ROOT, page), 'utf8');
  const links = [...text.matchAll(PICTURE)].map(([, markdown, html]) => markdown ?? html ?? '');
  return links.filter((link) => !link.includes('://')).map((link) => join(dirname(page), link));
}

const folder = await readdir(join(ROOT, 'docs'), { recursive: true });
const pages = ['README.md', ...folder.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
const shown = (await Promise.all(pages.map(shownBy))).flat();
const taken = views(DEVICE).flatMap(({ id }) => LOOKS.map((look) => join(IMAGES, fileOf(id, look))));

describe('the pictures of the documentation', () => {
  it.each([...new Set(shown)])('%s is there', async (path) => {
    expect((await stat(join(ROOT, path))).size).toBeGreaterThan(1_000);
  });

  it('are shown somewhere, each of them, and small together', async () => {
    const there = (await readdir(join(ROOT, IMAGES))).map((name) => join(IMAGES, name));
    expect(there.filter((path) => !shown.includes(path))).toEqual([]);
    const sizes = await Promise.all(there.map(async (path) => (await stat(join(ROOT, path))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BYTES_AT_MOST);
  });
});

describe('the tour', () => {
  it('shows every view that the script takes, in every look, and no other', async () => {
    expect((await shownBy('docs/tour.md')).toSorted()).toEqual(taken.toSorted());
  });

  it('names each view once', () => {
    expect(new Set(taken).size).toBe(taken.length);
  });
});
