import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../tests/helpers/temporary.ts';
import { ConfigError, parseConfig } from './config.ts';
import { checkPmtiles } from './pmtiles-file.ts';

describe('the file of tiles', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeAll(async () => {
    folder = await temporaryDirectory();
  });
  afterAll(() => folder.remove());

  it('is taken by its full path where it is PMTiles version 3', async () => {
    const path = join(folder.path, 'hanoi.pmtiles');
    await writeFile(path, Buffer.concat([Buffer.from('PMTiles'), Buffer.from([3]), Buffer.alloc(119)]));
    expect(await checkPmtiles(path)).toBe(path);
  });

  it.each([
    ['of an older version', Buffer.concat([Buffer.from('PMTiles'), Buffer.from([2])]), /version 2, not 3/],
    ['of something else', Buffer.from('<!doctype html>'), /no PMTiles file/],
    ['that is empty', Buffer.alloc(0), /no PMTiles file/],
  ])('is refused in one line where it is %s', async (_, content, says) => {
    const path = join(folder.path, 'other');
    await writeFile(path, content);
    const refused = checkPmtiles(path);
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(says);
    await expect(refused).rejects.toThrow(/^PMTILES: [^\n]+$/);
  });

  it('is refused where there is none, or a folder', async () => {
    await expect(checkPmtiles(join(folder.path, 'nowhere'))).rejects.toThrow(/^PMTILES: /);
    await expect(checkPmtiles(folder.path)).rejects.toThrow(/^PMTILES: /);
  });

  it('is needed where the page is to be drawn on it', () => {
    expect(() => parseConfig({ BASEMAP: 'pmtiles' })).toThrow('PMTILES: is needed with BASEMAP=pmtiles');
    expect(parseConfig({ BASEMAP: 'pmtiles', PMTILES: '/srv/hanoi.pmtiles' }).BASEMAP).toBe('pmtiles');
    expect(parseConfig({}).BASEMAP).toBe('schematic');
    expect(() => parseConfig({ BASEMAP: 'google' })).toThrow('BASEMAP');
  });
});
