import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { bigDevice, bigRegistry } from '../bench/map.ts';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

/** More than the page holds. */
const DEVICES = 11_000;
/** The middle of the city. */
const CENTRE = [105.85, 21.03] as const;
/** One that stands far away from all others, doubts its value, and whose other messages were refused. */
const LONELY = { id: 'lonely-1', name: 'Trạm cô đơn', position: [105.6, 20.8] } as const;
const NEAR = 17;

const Summary = z.object({
  devices: z.number(),
  levels: z.record(z.string(), z.number()),
  facets: z.object({ levels: z.array(z.object({ id: z.string(), devices: z.number() })) }),
});

/** In the browser: the mean green of a picture. */
const GREEN = `async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const context = document.createElement('canvas').getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  let sum = 0;
  for (let i = 1; i < data.length; i += 4) sum += data[i];
  return (sum * 4) / data.length;
}`;

await withTool(['chromium'], 'a city with more devices than the page holds', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage | undefined;

  beforeAll(async () => {
    folder = await temporaryDirectory();
    await bigRegistry(folder.path, DEVICES);
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
    const client = await city.connect(LONELY.id, await city.register(LONELY));
    const send = (message: unknown) =>
      client.publishAsync(`city/traffic/${LONELY.id}/telemetry`, JSON.stringify(message), { qos: 1 });
    // The registry was filled behind the journal's back: its first message counts as stored.
    for (const ago of [1, 0])
      await send({ time: Date.now() - ago, values: { mean_speed: 40 }, quality: { mean_speed: 'suspect' } });
    await send({ time: Date.now(), values: { mean_speed: 'fast' } });
    await client.endAsync();
    await city.settled();
  }, 120_000);
  afterEach(async () => {
    await page?.close();
    page = undefined;
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
    await folder?.remove();
  });

  const open = (more: Readonly<Record<string, string>> = {}, zoom = 11, centre: readonly [number, number] = CENTRE) =>
    openPage(browser, city.url, {
      query: { lang: 'en', theme: 'light', domain: 'traffic', metric: 'mean_speed', ...more },
      centre,
      zoom,
    });
  const zoomOf = ({ tab }: CityPage) => Number(/map=([\d.]+)/.exec(tab.url())?.[1]);
  const figure = (n: number) => new Intl.NumberFormat('en').format(n);

  it('legend and filters tell what the city counts in view, and not the few devices that are listed', async () => {
    page = await open({}, 9);
    const { tab } = page;
    const legend = tab.getByRole('region', { name: 'Legend' });
    // Devices fall silent meanwhile: page and city are asked at the same time, and of the same view, until they agree.
    let asked = '';
    tab.on('request', (request) => {
      const { pathname, search } = new URL(request.url());
      if (pathname.endsWith('/summary')) asked = `${pathname}${search}`;
    });
    const agree = async (told: () => Promise<string>, of: (counts: z.infer<typeof Summary>) => number) =>
      vi.waitFor(async () => {
        expect(asked).toContain('bbox=');
        expect(await told()).toContain(figure(of(Summary.parse(await city.json(asked)))));
      }, 40_000);
    await agree(
      () => textOf(legend),
      ({ levels }) => levels.good ?? 0,
    );
    const levelButton = (name: RegExp) => page?.list.getByRole('button', { name }) ?? legend;
    const facet =
      (level: string) =>
      ({ facets }: z.infer<typeof Summary>) =>
        facets.levels.find(({ id }) => id === level)?.devices ?? 0;
    await agree(() => textOf(levelButton(/^Severe/)), facet('severe'));
    await levelButton(/^Severe/).click();
    const count = page.list.locator('.count').first();
    await agree(
      () => textOf(count),
      ({ devices }) => devices,
    );
    await vi.waitFor(() => expect(asked).toContain('level=severe'), 20_000);
    // With the others on: choosing another level as well would still add what it did, which is more than the list names.
    await agree(() => textOf(levelButton(/^Good/)), facet('good'));
    expect(page.errors).toEqual([]);
  });

  it('a cluster tells what it holds when it is pointed at, and opens when it is clicked', async () => {
    page = await open({}, 11);
    const { tab } = page;
    await tab.waitForSelector('html[data-map="idle"]', { timeout: 90_000 });
    const { x, y } = await page.middle();
    const tip = tab.locator('.frame > .card[aria-hidden]').filter({ hasText: 'devices' });
    // Where a cluster comes to lie is the city's affair: one is near the middle.
    const places = [-120, -80, -40, 0, 40, 80, 120].flatMap((dx) =>
      [-80, -40, 0, 40, 80].map((dy) => [x + dx, y + dy] as const),
    );
    async function found(): Promise<readonly [number, number]> {
      for (const [left, top] of places) {
        await tab.mouse.move(left, top, { steps: 2 });
        if (await tip.isVisible()) return [left, top];
      }
      throw new Error('no cluster is drawn');
    }
    const at = await vi.waitFor(found, { timeout: 30_000, interval: 500 });
    expect(await textOf(tip)).toMatch(/\d+ devices.*Mean speed, mean [\d.]+ km\/h.*silent or offline/);
    const before = zoomOf(page);
    await tab.mouse.click(...at);
    await vi.waitFor(() => expect(page && zoomOf(page)).toBeGreaterThanOrEqual(before + 1), 20_000);
    expect(page.errors).toEqual([]);
  });

  it('the table goes through all of them, from anywhere, in the order that was asked for', async () => {
    page = await open({ show: 'table', sort: '-value' });
    const { tab } = page;
    const grid = tab.getByRole('grid');
    await vi.waitFor(async () => expect(await grid.getAttribute('aria-rowcount')).toBe(String(DEVICES + 2)), 30_000);
    const speedIn = async (row: number) => {
      const line = grid.locator(`[aria-rowindex="${row}"]`);
      await vi.waitFor(async () => expect(await textOf(line)).toMatch(/km\/h|Never/), 20_000);
      return Number(/([\d.]+) km\/h/.exec(await textOf(line))?.[1]);
    };
    expect(await speedIn(2)).toBeGreaterThan(59);
    await tab.locator('#table .box').evaluate((box) => box.scrollTo({ top: box.scrollHeight * 0.4 }));
    const middle = Math.round(DEVICES * 0.4);
    expect(await speedIn(middle)).toBeLessThan(45);
    expect(await speedIn(middle)).toBeGreaterThanOrEqual(await speedIn(middle + 1));
    // By keyboard to the very last, of which nothing was ever heard.
    await grid.locator(`[aria-rowindex="${middle}"] td`).first().click();
    await tab.keyboard.press('Control+End');
    await vi.waitFor(
      async () => expect(await textOf(grid.locator(`[aria-rowindex="${DEVICES + 2}"]`))).toContain('Never reported'),
      20_000,
    );
    expect(await violations(page)).toEqual([]);
    expect(page.errors).toEqual([]);
  });

  it('a single device is told with what is wrong with it: in doubt, and to who may know that messages wait', async () => {
    page = await open({}, NEAR, LONELY.position);
    const tip = await page.pointAtMiddle(LONELY.name);
    expect(await textOf(tip)).toContain('a doubtful value');
    const { x, y } = await page.middle();
    await page.tab.mouse.click(x, y);
    await page.panel(LONELY.name).waitFor();
    expect(page.errors).toEqual([]);
  });

  it('heat glows where the city says that devices are', async () => {
    page = await open({ layers: 'heat', heat: 'density' }, 12);
    const { tab } = page;
    const { x, y } = await page.middle();
    const greenAt = async () => {
      const clip = { x: x - 8, y: y - 8, width: 16, height: 16 };
      const source = `data:image/png;base64,${(await tab.screenshot({ clip })).toString('base64')}`;
      return z.number().parse(await tab.evaluate(`(${GREEN})(${JSON.stringify(source)})`));
    };
    await vi.waitFor(async () => expect(await greenAt()).toBeLessThan(190), 30_000);
    expect(page.errors).toEqual([]);
  });

  it('the device that a link names is found among all of them', async () => {
    page = await open({ device: bigDevice(10_500) });
    await page.panel('Trạm đếm 10500').waitFor();
  });
});
