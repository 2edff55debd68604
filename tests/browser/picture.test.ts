import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const Seen = z.object({
  width: z.number(),
  height: z.number(),
  map: z.number(),
  legend: z.number(),
  head: z.number(),
  vivid: z.number(),
});

/** How many colours there are in a part of an image, given by shares of its width and height. */
const LOOK = (png: string) => `(async () => {
  const image = new Image();
  image.src = 'data:image/png;base64,${png}';
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const colours = (left, top, width, height) => {
    const at = [left * image.width, top * image.height, width * image.width, height * image.height].map(Math.round);
    const { data } = context.getImageData(...at);
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4) seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    return seen.size;
  };
  const vivid = (left, top, width, height) => {
    const at = [left * image.width, top * image.height, width * image.width, height * image.height].map(Math.round);
    const { data } = context.getImageData(...at);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b] = data.subarray(i, i + 3);
      if (Math.max(r, g, b) - Math.min(r, g, b) > 90) count += 1;
    }
    return count;
  };
  return {
    width: image.width,
    height: image.height,
    map: colours(0.1, 0.2, 0.5, 0.5),
    legend: colours(0.78, 0.12, 0.2, 0.3),
    head: colours(0.5, 0, 0.48, 0.06),
    vivid: vivid(0.78, 0.1, 0.22, 0.88),
  };
})()`;

await withTool(['chromium'], 'a picture of the view', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
    await city.register({ id: 'counter-seen', name: 'Trường Chinh', position: [105.83, 21.0] });
    page = await openPage(browser, city.url, { query: { lang: 'vi', theme: 'light', domain: 'traffic' } });
    await page.middle();
  });
  afterAll(async () => {
    await page?.close();
    await browser?.close();
    await city?.stop();
    await folder?.remove();
  });

  it('is a PNG with the map, the legend and the time, named after its moment', async () => {
    const { tab } = page;
    await tab.getByRole('button', { name: 'Công cụ' }).click();
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      tab.getByRole('button', { name: 'Lưu ảnh bản đồ (PNG)' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^nhip-traffic-\d{4}-\d\d-\d\d-\d{4}\.png$/);
    const png = await readFile(await download.path());
    const seen = Seen.parse(await tab.evaluate(LOOK(png.toString('base64'))));
    expect(seen.width).toBeGreaterThan(1_400);
    // Water, roads, their edges, and letters: one colour is what an empty part has.
    expect(seen.map).toBeGreaterThan(50);
    expect(seen.legend).toBeGreaterThan(20);
    expect(seen.head).toBeGreaterThan(10);
    // The levels' colours, and not only their words.
    expect(seen.vivid).toBeGreaterThan(500);
  });

  it('is what is printed: map, legend, time and whom it thanks', async () => {
    const { tab } = page;
    await tab.evaluate(`window.dispatchEvent(new Event('beforeprint'))`);
    await tab.emulateMedia({ media: 'print' });
    const sheet = tab.locator('.print-sheet');
    await sheet.getByRole('img', { name: 'Hà Nội · Giao thông' }).waitFor();
    await sheet.getByRole('heading', { name: 'Chú giải' }).waitFor();
    await sheet
      .getByText(/\d\d:\d\d/)
      .first()
      .waitFor();
    await sheet.getByText('© OpenStreetMap contributors').waitFor();
    expect(await page.list.isVisible()).toBe(false);
    expect((await tab.pdf({ preferCSSPageSize: true })).length).toBeGreaterThan(20_000);
    await tab.emulateMedia({ media: 'screen' });
    await tab.evaluate(`window.dispatchEvent(new Event('afterprint'))`);
    await sheet.waitFor({ state: 'detached' });
    expect(await page.list.isVisible()).toBe(true);
  });

  it('has both maps where two moments are compared, and says which is which', async () => {
    const other = new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+Z/, 'Z');
    const query = { lang: 'en', theme: 'light', domain: 'traffic', with: other };
    const compared = await openPage(browser, city.url, { query });
    const { tab } = compared;
    await tab.waitForSelector('html[data-map="idle"]');
    await tab.waitForSelector('html[data-beside="idle"]');
    await tab.evaluate(`window.dispatchEvent(new Event('beforeprint'))`);
    await tab.emulateMedia({ media: 'print' });
    await tab
      .locator('.print-sheet')
      .getByText(/^Left: .* · Right: /)
      .waitFor();
    const Line = z.object({ line: z.number(), left: z.number(), right: z.number() });
    const seen = Line.parse(
      await tab.evaluate(`(async () => {
        const image = document.querySelector('.print-sheet img');
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        const context = canvas.getContext('2d');
        context.drawImage(image, 0, 0);
        const colours = (left, width) => {
          const { data } = context.getImageData(left, 0, width, canvas.height);
          return new Set(Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 3).join())).size;
        };
        const middle = Math.round(canvas.width / 2);
        return { line: colours(middle, 1), left: colours(0, middle - 9), right: colours(middle + 9, middle - 9) };
      })()`),
    );
    // One colour from top to bottom is the line between the two.
    expect(seen.line).toBe(1);
    expect(Math.min(seen.left, seen.right)).toBeGreaterThan(50);
    expect(compared.errors).toEqual([]);
    await compared.close();
  });
});
