import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

/** Where all of them stand; from afar they are one. */
const CENTRE = [105.852, 21.03] as const;
const DEVICES = 70;
const WARD = 'Hoan Kiem Ward';
const [SEVERE, SILENT] = [3, 10];

/** In the browser: the mean colour of a picture, hatching and all. */
const READ = `async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const context = document.createElement('canvas').getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const sums = [0, 0, 0, 0];
  for (const [i, value] of data.entries()) sums[i % 4] += value;
  return sums.map((sum) => (sum * 4) / data.length);
}`;
const Pixel = z.tuple([z.number(), z.number(), z.number(), z.number()]);

await withTool(['chromium'], 'the layers of the map', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage | undefined;

  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
    for (let i = 0; i < DEVICES; i++) {
      const id = `counter-${String(i).padStart(2, '0')}`;
      const [lon, lat] = [CENTRE[0] + ((i % 10) - 4.5) * 1e-4, CENTRE[1] + (Math.floor(i / 10) - 3) * 1e-4];
      const client = await city.connect(id, await city.register({ id, name: id, position: [lon, lat] }));
      const time = Date.now() - (i < SILENT ? 50 : 0) * 60_000;
      const mean_speed = i >= DEVICES - SEVERE ? 5 : 40;
      await client.publishAsync(`city/traffic/${id}/telemetry`, JSON.stringify({ time, values: { mean_speed } }), {
        qos: 1,
      });
      await client.endAsync();
    }
    await city.settled();
  });
  afterEach(async () => {
    await page?.close();
    page = undefined;
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
    await folder?.remove();
  });

  const open = (layers: string, more: Readonly<Record<string, string>> = {}, zoom = 11) =>
    openPage(browser, city.url, {
      query: { lang: 'en', theme: 'light', domain: 'traffic', metric: 'mean_speed', layers, ...more },
      centre: CENTRE,
      zoom,
    });
  const legendOf = ({ tab }: CityPage) => tab.getByRole('region', { name: 'Legend' });
  const inAddress = (opened: CityPage | undefined, name: string) =>
    opened && new URL(opened.tab.url()).searchParams.get(name);

  /** The colour of the map beside its middle, as it is seen: red, green, blue. */
  async function colourAt({ tab, middle }: CityPage, [dx, dy]: readonly [number, number]) {
    const { x, y } = await middle();
    const clip = { x: Math.round(x + dx), y: Math.round(y + dy), width: 16, height: 16 };
    const source = `data:image/png;base64,${(await tab.screenshot({ clip })).toString('base64')}`;
    return Pixel.parse(await tab.evaluate(`(${READ})(${JSON.stringify(source)})`)).slice(0, 3);
  }
  /** Beside the marks in the middle, on the ground of the ward. */
  const GROUND = [46, 8] as const;

  it('from afar devices are one cluster, which tells count, worst level and who is silent, and opens by Enter', async () => {
    page = await open('devices');
    const tip = await page.pointAtMiddle(`${DEVICES} devices`);
    const said = await textOf(tip);
    expect(said).toContain(`Severe ${SEVERE}`);
    expect(said).toContain(`Good ${DEVICES - SEVERE - SILENT}`);
    expect(said).toContain(`${SILENT} silent or offline`);
    expect(said).toMatch(/Mean speed, mean 38\.\d km\/h/);

    await page.tab.getByRole('region', { name: /^Map of Hanoi\. / }).focus();
    await page.tab.keyboard.press('Enter');
    const { tab } = page;
    await vi.waitFor(() => expect(Number(/map=([\d.]+)/.exec(tab.url())?.[1])).toBeGreaterThan(11.5), 20_000);
    expect(page.errors).toEqual([]);
  });

  it('devices that are not grouped are drawn each for itself', async () => {
    page = await open('devices', { grouped: 'no' });
    const tip = await page.pointAtMiddle('counter-');
    expect(await textOf(tip)).toMatch(/km\/h/);
  });

  it('wards under hexagons or over them: the order decides which one is told, and opacity what is seen', async () => {
    page = await open('wards,hex', {}, 13);
    const { tab } = page;
    await (await page.pointAtMiddle('Hexagon')).getByText(/km\/h/).first().waitFor();
    const legend = legendOf(page);
    await legend.getByRole('button', { name: 'Move Wards up' }).click();
    await expect.poll(() => inAddress(page, 'layers')).toBe('hex,wards');
    await page.pointAtMiddle(WARD);

    await legend.getByRole('checkbox', { name: 'Hexagons' }).uncheck({ force: true });
    const strong = await colourAt(page, GROUND);
    await legend.getByRole('slider', { name: 'Opacity of Wards' }).fill('20');
    await expect.poll(() => inAddress(page, 'layers')).toBe('wards.20');
    await vi.waitFor(async () => {
      const [red = 0] = page ? await colourAt(page, GROUND) : [];
      // The ward is of a colour with little red on a ground that is nearly white.
      expect(red).toBeGreaterThan((strong[0] ?? 0) + 40);
    }, 20_000);
    await tab.reload();
    await legend.getByRole('slider', { name: 'Opacity of Wards' }).waitFor();
    expect(await legend.getByRole('slider', { name: 'Opacity of Wards' }).inputValue()).toBe('20');
  });

  it('a hexagon tells its figure, how complete it is and how new, and stays told after a click', async () => {
    page = await open('hex', {}, 13);
    const tip = await page.pointAtMiddle('Hexagon');
    await tip.getByText(/^newest /).waitFor();
    const said = await textOf(tip);
    expect(said).toContain('Mean speed, last hour');
    expect(said).toContain('incomplete');
    const { x, y } = await page.middle();
    await page.tab.mouse.click(x, y);
    await page.tab.mouse.move(x + 380, y - 200);
    await tip.waitFor();
    expect(await textOf(legendOf(page))).toMatch(/cells? ha(s|ve) a figure, each about \d+ m across/);
  });

  it('heat glows where the devices are, over the ground and under what lies on top', async () => {
    page = await open('heat', { heat: 'density' }, 13);
    const bare = await colourAt(page, [300, 200]);
    await vi.waitFor(async () => {
      const [, green = 255, blue = 255] = page ? await colourAt(page, [0, 0]) : [];
      expect(green).toBeLessThan((bare[1] ?? 0) - 60);
      expect(blue).toBeLessThan((bare[2] ?? 0) - 60);
    }, 20_000);
    expect(await textOf(legendOf(page))).toContain('Warm where many devices stand close together');
  });

  it('a link of before shows the wards alone', async () => {
    page = await openPage(browser, city.url, {
      query: { lang: 'en', theme: 'light', domain: 'traffic', layer: 'wards' },
      centre: CENTRE,
    });
    await page.pointAtMiddle(WARD);
    expect(await legendOf(page).getByRole('checkbox', { name: 'Devices' }).isChecked()).toBe(false);
  });

  it('axe-core finds no violation with every layer on', async () => {
    page = await open('hex,wards.60,heat,devices', {}, 13);
    await page.middle();
    expect(await violations(page)).toEqual([]);
    expect(page.errors).toEqual([]);
  });
});
