import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PMTILES_PATH } from './basemap.ts';
import { openCity, type TestCity } from './testing/city.fixture.ts';

let folder: string;
let city: TestCity;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nhip-basemap-'));
  path = join(folder, 'hanoi.pmtiles');
  await writeFile(path, 'PMTiles\u0003 and so on');
  await writeFile(join(folder, 'secret'), 'not for readers');
  city = await openCity({ config: { basemap: { base: 'pmtiles', pmtiles: path } } });
});
afterEach(async () => {
  await city.close();
  await rm(folder, { recursive: true });
});

/** It stands beside the API, and so not in its documents. */
const read = async (range: string) => city.api.app.request(PMTILES_PATH, { headers: { range } });

describe('the file of tiles', () => {
  it('is read by ranges, and nothing beside it is', async () => {
    const piece = await read('bytes=0-6');
    expect([piece.status, await piece.text()]).toEqual([206, 'PMTiles']);
    for (const other of ['/basemap/secret', '/basemap/..%2fsecret', '/basemap/../secret', '/basemap/'])
      expect((await city.request(other)).status).toBe(404);
  });

  it('has a tag that tells a file that was put in its place from the one before', async () => {
    const [one, again] = [await read('bytes=0-6'), await read('bytes=7-9')];
    expect(one.headers.get('etag')).toMatch(/^"[^"]+"$/);
    expect(again.headers.get('etag')).toBe(one.headers.get('etag'));
    await writeFile(join(folder, 'next'), 'PMTiles\u0003 and so off');
    await rename(join(folder, 'next'), path);
    expect((await read('bytes=7-9')).headers.get('etag')).not.toBe(one.headers.get('etag'));
  });

  it('keeps no answer that is none', async () => {
    const beyond = await read('bytes=5000-5001');
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('cache-control')).toBeNull();
  });
});
