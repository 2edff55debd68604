import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const Named = z.object({ id: z.string() });
const Domains = z.object({ items: z.array(Named.extend({ kinds: z.array(Named), metrics: z.array(Named) })) });

/** In the browser: whatever can be read on the page, by eye or by ear. */
const TEXTS = `(() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.parentElement.checkVisibility()) found.push(walker.currentNode.data);
  for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
    for (const element of document.querySelectorAll('[' + name + ']')) found.push(element.getAttribute(name));
  return found;
})()`;
const PAPER = "getComputedStyle(document.getElementById('devices')).backgroundColor";

/** What is the same in every language: names, ids, some units, and what is said of the map's source. */
const NEUTRAL = [
  ...['Nhịp', 'VI', 'EN', 'Tiếng Việt', 'English', '© OpenStreetMap contributors', 'ODbL'],
  ...['Trường Chinh', 'Giải Phóng', 'counter-real', 'Thành phố Hà Nội'],
  ...['km/h', '(km/h)', '22 km/h', '60 m'],
];

async function texts({ tab }: CityPage): Promise<ReadonlySet<string>> {
  const found = z.array(z.string()).parse(await tab.evaluate(TEXTS));
  const parts = found.flatMap((text) => text.split('·').map((part) => part.replace(/\s+/g, ' ').trim()));
  return new Set(parts.filter((part) => part !== ''));
}

await withTool(['chromium'], 'the page in its languages and themes', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage | undefined;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
    const password = await city.register({ id: 'counter-real', name: 'Trường Chinh' });
    await city.register({ id: 'counter-sim', name: 'Giải Phóng', simulated: true, position: [105.9, 21.05] });
    await city.register({ id: 'hotel-new', name: 'Tây Hồ', domain: 'tourism', kind: 'hotel-area' });
    const client = await city.connect('counter-real', password);
    const messages = [100, 90, 80].map((minutes, i) => ({
      time: Date.now() - minutes * 60_000,
      values: { mean_speed: 20 + i, vehicle_count: 7, occupancy: 12, queue_length: 60 },
    }));
    await client.publishAsync('city/traffic/counter-real/telemetry', JSON.stringify(messages), { qos: 1 });
    await client.endAsync();
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

  it('axe-core finds no violation in either language and theme, with a panel open or not', async () => {
    page = await openPage(browser, city.url, { query: { lang: 'vi', theme: 'light' } });
    const { tab } = page;
    const row = page.row('Trường Chinh');
    const panel = page.panel('Trường Chinh');
    await tab.getByRole('region', { name: /^Bản đồ Hà Nội/ }).waitFor();
    for (const language of ['VI', 'EN'])
      for (const theme of ['light', 'dark']) {
        await tab.getByRole('button', { name: language, exact: true }).click();
        await tab.getByRole('combobox', { name: /^(Giao diện|Theme)$/ }).selectOption(theme);
        await tab.waitForSelector(`html[lang="${language.toLowerCase()}"][data-theme="${theme}"]`);
        await row.waitFor();
        expect(await violations(page)).toEqual([]);
        await row.click();
        await panel.locator('.u-over').waitFor();
        expect(await violations(page)).toEqual([]);
        await tab.keyboard.press('Escape');
        await panel.waitFor({ state: 'detached' });
      }
  });

  it('every text is in the language that is chosen, and none is a key', async () => {
    page = await openPage(browser, city.url, { query: { lang: 'vi', domain: 'traffic', device: 'counter-real' } });
    await page.panel('Trường Chinh').locator('.u-over').waitFor();
    const vietnamese = await texts(page);
    await page.tab.getByRole('button', { name: 'EN' }).click();
    await page.tab.getByRole('heading', { name: 'Latest values' }).waitFor();
    const english = await texts(page);

    const both = [...vietnamese].filter((text) => english.has(text) && /\p{L}/u.test(text));
    expect(both.sort()).toEqual([...NEUTRAL].sort());
    const { items } = Domains.parse(await city.json('/api/v1/domains'));
    const keys = new Set(
      items.flatMap(({ id, kinds, metrics }) => [id, ...[...kinds, ...metrics].map((row) => row.id)]),
    );
    for (const shown of [vietnamese, english])
      expect([...shown].filter((text) => keys.has(text) || /undefined|null|NaN|\[object|\w_\w/.test(text))).toEqual([]);
  });

  it('language and theme are in the address, and kept by a reload and by another visit', async () => {
    page = await openPage(browser, city.url, { query: {}, locale: 'vi-VN' });
    const { tab } = page;
    const root = (attribute: string) => tab.locator('html').getAttribute(attribute);
    const shown = async () => [await root('lang'), await root('data-theme'), await tab.title()];
    const inAddress = () => Object.fromEntries(new URL(tab.url()).searchParams);
    await tab.getByRole('heading', { name: 'Chú giải' }).waitFor();
    expect(await shown()).toEqual(['vi', 'light', 'Nhịp · Bản đồ sống của Hà Nội']);
    const paper = () => tab.evaluate(PAPER);
    const light = await paper();

    await tab.getByRole('button', { name: 'EN' }).click();
    await tab.getByRole('combobox', { name: 'Theme' }).selectOption('Dark');
    const chosen = ['en', 'dark', 'Nhịp · The living map of Hanoi'];
    await tab.waitForSelector('html[data-theme="dark"]');
    expect(await shown()).toEqual(chosen);
    await expect.poll(() => inAddress()).toEqual({ lang: 'en', theme: 'dark' });
    expect(await paper()).not.toBe(light);
    await page.middle();

    await tab.reload();
    await tab.getByRole('heading', { name: 'Legend' }).waitFor();
    expect(await shown()).toEqual(chosen);
    await tab.goto(city.url);
    await tab.getByRole('heading', { name: 'Legend' }).waitFor();
    expect(await shown()).toEqual(chosen);
  });

  it('a simulated device is marked in list, panel, tooltip and legend, and a real one is not', async () => {
    page = await openPage(browser, city.url, { centre: [105.9, 21.05] });
    const { tab } = page;
    await page.row('Giải Phóng').getByText('simulated', { exact: true }).waitFor();
    await tab.getByRole('region', { name: 'Legend' }).getByText('Simulated devices shown').waitFor();
    const tooltip = await page.pointAtMiddle('Giải Phóng');
    expect(await textOf(tooltip)).toContain('simulated');
    await page.row('Giải Phóng').click();
    await page.panel('Giải Phóng').getByText('simulated', { exact: true }).waitFor();
    await tab.getByText('Selected Giải Phóng: Never reported, simulated').waitFor();

    await page.row('Trường Chinh').click();
    await page.panel('Trường Chinh').waitFor();
    expect(await textOf(page.panel('Trường Chinh'))).not.toContain('simulated');
    expect(await textOf(page.row('Trường Chinh'))).not.toContain('simulated');
  });
});
