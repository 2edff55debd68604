import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const Windows = z.object({
  items: z.array(
    z.object({ time: z.string(), mean: z.number(), min: z.number(), max: z.number(), received: z.number() }),
  ),
});
const Rows = z.array(z.record(z.string(), z.string()));

await withTool(['chromium'], 'reading the day of a crossing', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage | undefined;
  const now = Date.now();

  /** A counter that reported every minute of the day but for `silent` hours ago, slowest in the middle of it. */
  async function counter(id: string, name: string, base: number, silent: readonly [number, number] | null) {
    const client = await city.connect(id, await city.register({ id, name, position: [105.8272, 21.0122] }));
    const rows = Array.from({ length: 24 * 60 }, (_, i) => now - i * MINUTE)
      .filter((time) => silent === null || now - time < silent[0] * HOUR || now - time > silent[1] * HOUR)
      .map((time) => ({ time, values: { mean_speed: base + (Math.floor((now - time) / MINUTE) % 7) } }));
    for (let i = 0; i < rows.length; i += 400)
      await client.publishAsync(`city/traffic/${id}/telemetry`, JSON.stringify(rows.slice(i, i + 400)), { qos: 1 });
    await client.endAsync();
  }

  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
    await counter('counter-one', 'Ngã Tư Sở', 5, [9, 11]);
    await counter('counter-two', 'Ngã Tư Vọng', 25, null);
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

  const open = async (query: Record<string, string>) => {
    page = await openPage(browser, city.url, { query: { lang: 'en', theme: 'light', domain: 'traffic', ...query } });
    return page;
  };

  it('a congested crossing is found, its day is read, zooming asks for less and the CSV is what the API answers', async () => {
    const opened = await open({ level: 'severe', chart: '24h' });
    const { tab } = opened;
    await opened.row('Ngã Tư Sở').getByRole('button').click();
    const panel = opened.panel('Ngã Tư Sở');
    const plot = panel.getByRole('slider', { name: /^Chart: Mean speed/ });
    await plot.locator('.u-over').waitFor();
    expect(await plot.getAttribute('aria-label')).toMatch(/5 km\/h to 11 km\/h.*gap.*2 hours from/);

    const asked = tab.waitForRequest((request) => request.url().includes('/observations?'));
    await panel.getByRole('button', { name: 'Back to the first range' }).scrollIntoViewIfNeeded();
    const box = await plot.locator('.u-over').boundingBox();
    if (box === null) throw new Error('the chart is not drawn');
    await tab.mouse.move(box.x + box.width * 0.9, box.y + 40);
    await tab.mouse.down();
    await tab.mouse.move(box.x + box.width * 0.94, box.y + 40, { steps: 4 });
    await tab.mouse.up();
    const { searchParams } = new URL((await asked).url());
    const length = Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '');
    expect(length / HOUR).toBeGreaterThan(0.5);
    expect(length / HOUR).toBeLessThan(2);
    await panel.getByText('every report', { exact: true }).waitFor();

    const again = tab.waitForRequest((request) => request.url().includes('window=5m'));
    await panel.getByRole('button', { name: '24 h', exact: true }).click();
    const day = (await again).url().slice(city.url.length);
    await panel.getByText('5-minute means, band from least to greatest').waitFor();
    const [file] = await Promise.all([
      tab.waitForEvent('download'),
      panel.getByRole('button', { name: 'CSV of this chart' }).click(),
    ]);
    const rows = Rows.parse(parse(await readFile(await file.path()), { columns: true, bom: true }));
    const { items } = Windows.parse(await city.json(day));
    expect(rows.length).toBeGreaterThan(250);
    expect(
      rows.map((row) => [
        Date.parse(row['time (Asia/Ho_Chi_Minh)'] ?? ''),
        Number(row['value (km/h)']),
        Number(row.reports),
      ]),
    ).toEqual(items.map(({ time, mean, received }) => [Date.parse(time), mean, received]));
    expect(opened.errors).toEqual([]);
  });

  it('two are compared by keyboard with one cursor, and a link opens the same', async () => {
    const opened = await open({ device: 'counter-one' });
    const { tab } = opened;
    await opened.panel('Ngã Tư Sở').getByRole('button', { name: 'Compare', exact: true }).click();
    await tab.getByRole('button', { name: 'Compare (1/4)' }).click();
    const room = tab.getByRole('region', { name: 'Compare' });
    await room.getByRole('combobox', { name: 'Add a device or ward' }).fill('nga tu vong');
    await room.getByRole('option', { name: /Ngã Tư Vọng/ }).waitFor();
    await tab.keyboard.press('Enter');
    await tab.goto(tab.url());
    const plot = room.getByRole('slider', { name: /A Ngã Tư Sở, B Ngã Tư Vọng/ });
    await plot.locator('.u-over').waitFor();
    const second = room.getByRole('listitem').filter({ hasText: 'Ngã Tư Vọng' });
    await second.filter({ hasText: '+20 km/h against A' }).waitFor();
    await plot.press('Home');
    await plot.press('ArrowRight');
    expect(await plot.getAttribute('aria-valuetext')).toMatch(/^A Ngã Tư Sở: .*km\/h.*; B Ngã Tư Vọng: .*km\/h/);
    expect(await textOf(second)).toMatch(/against A/);
    expect(await violations(opened)).toEqual([]);
    expect(opened.errors).toEqual([]);
  });
});
