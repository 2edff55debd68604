import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const BUILT = fileURLToPath(new URL('../../dist/web/', import.meta.url));
/** What the page may load of script before the map's worker is at work, bytes as they go over the wire. */
const BEFORE_THE_WORKER = 350_000;

/** A chunk as Vite's manifest tells of it (https://vite.dev/guide/backend-integration). */
interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

const manifest: Readonly<Record<string, Chunk>> = JSON.parse(readFileSync(join(BUILT, '.vite/manifest.json'), 'utf8'));

/** The files of these chunks and of all that they cannot begin without. */
function loadedWith(...names: readonly string[]): readonly string[] {
  const files = new Map<string, string>();
  const add = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`${name} is no chunk of the page: is it still loaded by itself?`);
    if (files.has(name)) return;
    files.set(name, chunk.file);
    chunk.imports?.forEach(add);
  };
  names.forEach(add);
  return [...files.values()];
}

const script = (file: string): string => readFileSync(join(BUILT, file), 'utf8');
const weigh = (files: readonly string[]): number =>
  files.reduce((sum, file) => sum + gzipSync(script(file)).byteLength, 0);

test('the map is at work after less than 350 kB of script', () => {
  const files = loadedWith('index.html', 'map/first.ts');
  expect(files.some((file) => file.includes('maplibre-gl'))).toBe(true);
  expect(weigh(files)).toBeLessThan(BEFORE_THE_WORKER);
});

test('what is not needed for a map of devices does not come before it', () => {
  const first = loadedWith('index.html', 'map/first.ts', 'App.svelte', 'components/MapCanvas.svelte');
  for (const later of ['around/around.ts', 'components/MapHexes.svelte', 'table/TableView.svelte'])
    expect(first).not.toContain(manifest[later]?.file);
  expect(first.filter((file) => /h3-js|uplot|pmtiles/i.test(file))).toEqual([]);
});

test('the page reads the rows of the model and brings nothing along that validates', () => {
  const chunks = readdirSync(join(BUILT, 'assets')).filter((name) => name.endsWith('.js'));
  expect(chunks.length).toBeGreaterThan(1);
  // What every schema of zod 4 carries.
  expect(chunks.filter((name) => script(join('assets', name)).includes('_zod'))).toEqual([]);
});
