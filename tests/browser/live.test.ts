import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

/** In the browser: the share of the chart's columns, its axes left out, that hold the colour of the light theme's line. */
const SHARE_WITH_LINE = `(() => {
  const plot = document.querySelector('.plot');
  const canvas = plot.querySelector('canvas');
  const { offsetLeft, offsetTop, clientWidth, clientHeight } = plot.querySelector('.u-over');
  const ratio = canvas.width / canvas.clientWidth;
  const [left, top, width, height] = [offsetLeft, offsetTop, clientWidth, clientHeight].map((n) => Math.round(n * ratio));
  const { data } = canvas.getContext('2d').getImageData(left, top, width, height);
  const columns = new Set();
  for (let i = 0; i < data.length; i += 4)
    if (data[i] === 0x4a && data[i + 1] === 0x46 && data[i + 2] === 0x3c) columns.add((i / 4) % width);
  return columns.size / width;
})()`;

await withTool(['chromium'], 'the page while devices report', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage | undefined;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
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

  /** Registers a counter and connects it; the answer publishes values, each so many seconds old. */
  async function counter(id: string, position: readonly [number, number], more: Record<string, unknown> = {}) {
    const password = await city.register({ id, position, ...more });
    const client = await city.connect(id, password);
    return async (values: Record<string, number>, secondsAgo: readonly number[] = [0]) => {
      const now = Date.now();
      const readings = secondsAgo.map((seconds) => ({ time: now - seconds * 1_000, values }));
      await client.publishAsync(`city/traffic/${id}/telemetry`, JSON.stringify(readings), { qos: 1 });
    };
  }

  it('a device registered while the page is open comes onto list and map, and its value and age stay live', async () => {
    const position = [105.81, 21.01] as const;
    page = await openPage(browser, city.url, { centre: position });
    await page.tab.getByRole('status').filter({ hasText: 'Live' }).waitFor();

    const publish = await counter('counter-live', position, { name: 'Láng – Yên Lãng' });
    await publish({ mean_speed: 8 }, [100]);
    const row = page.row('Láng – Yên Lãng');
    await row.filter({ hasText: '8 km/h' }).waitFor();
    expect(await textOf(row)).toMatch(/Severe · Traffic counter/);
    expect(await textOf(row)).toMatch(/\d min ago/);
    const tooltip = await page.pointAtMiddle('Láng – Yên Lãng');
    expect(await textOf(tooltip)).toMatch(/Mean speed: 8 km\/h\s+Severe/);

    await publish({ mean_speed: 33.4 });
    await row.filter({ hasText: '33.4 km/h' }).waitFor();
    expect(await textOf(row)).toMatch(/Good · Traffic counter/);
    const age = async () => Number(/(\d+) sec ago/.exec(await textOf(row))?.[1]);
    const young = await age();
    await vi.waitFor(async () => expect(await age()).toBeGreaterThan(young), { timeout: 10_000 });
    await tooltip.filter({ hasText: '33.4 km/h' }).waitFor();
    expect(await textOf(tooltip)).toContain('Good');
  });

  it('a click on a point of the map opens its device, one beside it closes it, Enter opens it again', async () => {
    const position = [105.82, 21.02] as const;
    const publish = await counter('counter-click', position, { name: 'Cát Linh – Giảng Võ' });
    await publish({ mean_speed: 25 });
    page = await openPage(browser, city.url, { centre: position });
    const { tab } = page;
    const inAddress = () => new URL(tab.url()).searchParams.get('device');
    await page.pointAtMiddle('Cát Linh – Giảng Võ');
    const { x, y } = await page.middle();
    const panel = page.panel('Cát Linh – Giảng Võ');
    await tab.mouse.click(x, y);
    await panel.waitFor();
    await expect.poll(() => inAddress()).toBe('counter-click');
    await tab.mouse.click(x, y + 120);
    await panel.waitFor({ state: 'detached' });
    await expect.poll(() => inAddress()).toBeNull();
    await tab.getByRole('region', { name: /^Map of Hanoi/ }).focus();
    await tab.keyboard.press('Enter');
    await panel.waitFor();
    await expect.poll(() => inAddress()).toBe('counter-click');
  });

  it('the list opens a device by keyboard alone, and Escape leads back to its row', async () => {
    const publish = await counter('counter-panel', [105.84, 21.04], { name: 'Hàng Bài – Tràng Tiền' });
    await publish({ mean_speed: 14.2, vehicle_count: 120, occupancy: 31 });
    await city.settled();
    page = await openPage(browser, city.url);
    const { keyboard } = page.tab;
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.type('hang bai');
    const row = page.row('Hàng Bài – Tràng Tiền').getByRole('button');
    await row.waitFor();
    // The button of the filters, four levels, and what takes the filters off again lie between.
    const focused = row.and(page.tab.locator(':focus'));
    for (let steps = 0; steps < 10 && (await focused.count()) === 0; steps += 1) await keyboard.press('Tab');
    await keyboard.press('Enter');

    const panel = page.panel('Hàng Bài – Tràng Tiền');
    await panel.waitFor();
    const reading = (name: string) => textOf(panel.getByRole('button', { name }));
    await panel.getByText('14.2 km/h').waitFor();
    expect(await reading('Mean speed')).toMatch(/14\.2 km\/h Poor 10 to 20 \d+ sec ago/);
    expect(await reading('Vehicle count')).toMatch(/120 vehicles\s+\d+ sec ago/);
    expect(await reading('Lane occupancy')).toMatch(/31% Poor .*\d+ sec ago/);
    expect(await reading('Queue length')).toContain('not reported yet');

    await keyboard.press('Tab');
    await keyboard.press('Tab');
    expect(await textOf(page.tab.locator(':focus'))).toContain('Mean speed');
    await keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await textOf(page.tab.locator(':focus'))).toContain('Hàng Bài – Tràng Tiền');
  });

  it('the panel draws the last day of a device and says how complete it is', async () => {
    const publish = await counter('counter-day', [105.85, 21.05], { name: 'Nghi Tàm – Âu Cơ' });
    const windows = Array.from({ length: 144 }, (_, i) => 300 * (i + 1));
    await publish({ mean_speed: 28 }, windows);
    await publish({ mean_speed: 12 }, [windows.length * 300 + 300]);
    await city.settled();
    page = await openPage(browser, city.url);
    const series = page.tab.waitForResponse((answer) => answer.url().includes('window=5m'));
    await page.row('Nghi Tàm – Âu Cơ').click();
    expect(await (await series).json()).toMatchObject({ items: { length: windows.length + 1 } });

    const panel = page.panel('Nghi Tàm – Âu Cơ');
    // One report in five minutes where one a minute is due, since the first.
    await panel.getByText(/^last 24 hours · (19|20)% received$/).waitFor();
    const plot = panel.getByRole('slider', {
      name: /^Chart: Mean speed\. Mean speed, last 24 hours: 12 km\/h to 28 km\/h\./,
    });
    await plot.locator('canvas').waitFor();
    // Twelve hours have figures: the line leads through half of the plot's width.
    const share = z.number().parse(await page.tab.evaluate(SHARE_WITH_LINE));
    expect(share).toBeGreaterThan(0.45);
    expect(share).toBeLessThan(0.55);

    // By keyboard it is read moment by moment, in the city's hours: this tab may be anywhere.
    await plot.focus();
    await page.tab.keyboard.press('Home');
    await panel.getByText(/^no data from .+ to .+\)$/).waitFor();
    await page.tab.keyboard.press('ArrowRight');
    expect(await plot.getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d.* – \d\d:\d\d.*: 12 km\/h · Poor$/);

    await panel.getByRole('button', { name: 'Queue length' }).click();
    await panel.locator('p.none').filter({ hasText: 'No figures in this range.' }).waitFor();
  });

  it('everything the page asks for is the city’s, with every other host out of reach, and it logs no error', async () => {
    const publish = await counter('counter-hosts', [105.86, 21.06], { name: 'Thanh Niên' });
    await publish({ mean_speed: 25 }, [3_600]);
    await city.settled();
    page = await openPage(browser, city.url, { query: { lang: 'en', theme: 'light', device: 'counter-hosts' } });
    await page.panel('Thanh Niên').locator('.u-over').waitFor();
    await page.tab.getByText('Health', { exact: true }).click();
    await page.tab.getByRole('button', { name: 'VI' }).click();
    await page.tab.getByRole('combobox', { name: 'Giao diện' }).selectOption('dark');
    await page.middle();
    expect([...page.hosts]).toEqual([new URL(city.url).host]);
    expect(page.errors).toEqual([]);
  });
});
