import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const OPENFREEMAP = 'https://tiles.openfreemap.org';
const TILES = { tiles: [`${OPENFREEMAP}/planet/test/{z}/{x}/{y}.pbf`], maxzoom: 14 };

await withTool(['chromium'], 'what the map is drawn on', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    const tiles = join(folder.path, 'broken.pmtiles');
    await writeFile(tiles, Buffer.concat([Buffer.from('PMTiles'), Buffer.from([3]), Buffer.alloc(400)]));
    [city, browser] = await Promise.all([
      startCity({ dataDir: join(folder.path, 'data'), env: { PMTILES: tiles } }),
      launchBrowser(),
    ]);
    await city.register({ id: 'counter-on', name: 'Trường Chinh', position: [105.83, 21.0] });
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
    await folder?.remove();
  });

  const credit = async ({ tab }: CityPage) => await textOf(tab.locator('.frame > p').last());
  async function choose({ tab }: CityPage, name: RegExp): Promise<void> {
    await tab.getByRole('button', { name: 'Tools' }).click();
    await tab.getByRole('radio', { name }).check();
  }
  const fallen = ({ tab }: CityPage) => tab.getByText('The base map that was chosen does not come').waitFor();

  it('is the schematic, and nothing is asked of anybody else, until the reader chooses', async () => {
    const page = await openPage(browser, city.url);
    await page.middle();
    expect(await credit(page)).toBe('© OpenStreetMap contributors, ODbL · schematic map');
    expect([...page.hosts]).toEqual([new URL(city.url).host]);
    await page.close();
  });

  it('is OpenFreeMap where it answers, thanked as it asks for, and in the address', async () => {
    const page = await openPage(browser, city.url);
    const context = page.tab.context();
    await context.route(`${OPENFREEMAP}/**`, (route) =>
      route.request().url().endsWith('/planet') ? route.fulfill({ json: TILES }) : route.fulfill({ status: 204 }),
    );
    await page.middle();
    await choose(page, /OpenFreeMap/);
    await page.tab.getByRole('link', { name: '© OpenMapTiles' }).waitFor();
    expect(await credit(page)).toBe('OpenFreeMap © OpenMapTiles Data from OpenStreetMap');
    await expect.poll(() => new URL(page.tab.url()).searchParams.get('base')).toBe('openfreemap');
    await page.middle();
    await page.row('Trường Chinh').click();
    await page.panel('Trường Chinh').waitFor();
    await page.close();
  });

  it('is the schematic again where OpenFreeMap does not answer', async () => {
    const page = await openPage(browser, city.url);
    await page.middle();
    await page.tab.context().route(`${OPENFREEMAP}/**`, (route) => route.fulfill({ status: 503 }));
    await choose(page, /OpenFreeMap/);
    await fallen(page);
    expect(await credit(page)).toContain('schematic map');
    await page.close();
  });

  it('is the schematic again where its tiles keep failing, with what lies on it', async () => {
    const page = await openPage(browser, city.url, { centre: [105.83, 21.0] });
    await page.middle();
    await page.tab
      .context()
      .route(`${OPENFREEMAP}/**`, (route) =>
        route.request().url().endsWith('/planet') ? route.fulfill({ json: TILES }) : route.fulfill({ status: 500 }),
      );
    await choose(page, /OpenFreeMap/);
    await fallen(page);
    await page.tab.keyboard.press('Escape');
    expect(await credit(page)).toContain('schematic map');
    await page.pointAtMiddle('Trường Chinh');
    await page.close();
  });

  it('is the schematic again where the city’s own file is broken', async () => {
    const page = await openPage(browser, city.url, { query: { lang: 'en', base: 'pmtiles' } });
    await page.middle();
    await page.tab.getByRole('button', { name: 'Tools' }).click();
    await fallen(page);
    expect(await page.tab.getByRole('radio', { name: /The city’s own/ }).isChecked()).toBe(true);
    await page.close();
  });

  it('is served in parts, and never compressed or read whole', async () => {
    const part = await fetch(`${city.url}/basemap/city.pmtiles`, { headers: { range: 'bytes=0-6' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 0-6/408');
    expect(part.headers.get('content-encoding')).toBeNull();
    expect(await part.text()).toBe('PMTiles');
    const settings = await (await fetch(`${city.url}/api/v1/basemap`)).json();
    expect(settings).toEqual({ base: 'schematic', pmtiles: '/basemap/city.pmtiles' });
    expect((await fetch(`${city.url}/basemap/other`)).status).toBe(404);
  });
});
