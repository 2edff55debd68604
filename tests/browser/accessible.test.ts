import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { openPage } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const KEY = 'of-the-operators-own-choosing';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const HERE = [105.8272, 21.0122] as const;
const instant = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
const NOW = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const PAST = { from: instant(NOW - 3 * HOUR_MS), to: instant(NOW), at: instant(NOW - HOUR_MS), step: 'PT5M' };

/** A view as its link opens it, and what is opened within it, in any language. */
interface View {
  readonly query?: Readonly<Record<string, string>>;
  open(tab: Page): Promise<void>;
}

const there = (selector: string) => (tab: Page) => tab.locator(selector).first().waitFor();
const click = (tab: Page, selector: string) => tab.locator(selector).first().click();

const VIEWS: Readonly<Record<string, View>> = {
  map: { open: there('#devices ul li button') },
  'every layer': {
    query: { layers: 'hex,wards.60,heat,devices', metric: 'mean_speed' },
    async open(tab) {
      await tab.locator('#legend-body details li').first().waitFor({ state: 'attached' });
      for (const closed of await tab.locator('#legend-body details:not([open]) summary').all()) await closed.click();
    },
  },
  'filters that are on': {
    query: { condition: 'live', simulated: 'exclude', q: 'nga' },
    async open(tab) {
      await click(tab, 'button.filters');
      await there('#filter-panel select')(tab);
    },
  },
  'a device with its chart and its table of figures': {
    query: { device: 'counter-one' },
    async open(tab) {
      await there('.right .u-over')(tab);
      await tab.locator('.right figcaption .tools button').nth(1).click();
      await there('.right figure table')(tab);
    },
  },
  'the profile of a ward': { query: { area: 'dong-da' }, open: there('.right .body li') },
  'a drawn area whose shape is changed': {
    query: { within: 'polygon:105.82 21.005,105.835 21.005,105.835 21.02,105.82 21.02', area: 'drawn' },
    async open(tab) {
      await there('.right .body li')(tab);
      await click(tab, '.right button[aria-pressed]:not([disabled])');
    },
  },
  'a comparison': {
    query: { compare: 'device:counter-one,device:counter-two,area:dong-da', compared: 'apart' },
    async open(tab) {
      await there('.room .u-over')(tab);
      await click(tab, '.room header .tools button');
      await there('.room table')(tab);
    },
  },
  'playback beside another moment': {
    query: { ...PAST, with: instant(NOW - 2 * HOUR_MS) },
    async open(tab) {
      await tab.waitForSelector('html[data-beside="idle"]');
      await tab.locator('.bottom select').first().selectOption('own');
      await there('.bottom form')(tab);
    },
  },
  'the table of devices': { query: { show: 'table' }, open: there('[role=grid] tbody tr[aria-rowindex="2"]') },
  'the table of wards': {
    query: { show: 'table', rows: 'wards' },
    open: there('[role=grid] tbody tr[aria-rowindex="2"]'),
  },
  'what a search finds': {
    async open(tab) {
      await tab.locator('.search input').fill('nga tu');
      await there('.search [role=option]')(tab);
    },
  },
  'the menu of tools': {
    async open(tab) {
      await tab.locator('.search input').fill('');
      await click(tab, 'button[aria-controls=tool-menu]');
      await there('#tool-menu')(tab);
    },
  },
  'saved views': {
    async open(tab) {
      await click(tab, '#tool-menu section .tool');
      await there('dialog[open]')(tab);
    },
  },
  'using a key': {
    async open(tab) {
      await tab.keyboard.press('Escape');
      await click(tab, '.preferences button.open');
      await there('dialog[open] input')(tab);
    },
  },
};

/** Seen on a phone, where all of it comes up from below. */
const PHONE: Readonly<Record<string, View>> = {
  'the sheet of list and legend': {
    async open(tab) {
      await tab.locator('.left [role=slider]').press('End');
      await click(tab, '#devices .fold[aria-expanded=false]');
      await there('#devices ul li button')(tab);
    },
  },
  'the sheet of a device': { query: { device: 'counter-one' }, open: there('.right .u-over') },
  playback: {
    query: PAST,
    async open(tab) {
      // The sheet lies over it while it is up.
      await tab.locator('.left [role=slider]').press('Home');
      await click(tab, '.bottom button[aria-controls=time-options]');
      await there('#time-options select')(tab);
    },
  },
  'a comparison': {
    query: { compare: 'device:counter-one,area:dong-da', compared: 'together' },
    open: there('.room .u-over'),
  },
  'the menu of tools': {
    async open(tab) {
      await click(tab, 'button[aria-controls=tool-menu]');
      await there('#tool-menu')(tab);
    },
  },
};

/** What somebody with a key sees of the quarantine. */
const QUARANTINE: Readonly<Record<string, View>> = {
  'the quarantine with an item': {
    async open(tab) {
      await click(tab, 'section[aria-labelledby=items-title] li button');
      await there('#item-title')(tab);
    },
  },
  'sending it again': {
    async open(tab) {
      await tab.locator('button.open[aria-haspopup=dialog]').last().click();
      await there('dialog[open]')(tab);
    },
  },
};

await withTool(['chromium'], 'every view for everybody', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;

  beforeAll(async () => {
    folder = await temporaryDirectory();
    const env = { ADMIN_KEY: KEY };
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path, env }), launchBrowser()]);
    const reports = Array.from({ length: 200 }, (_, i) => Date.now() - i * MINUTE_MS);
    for (const [id, more, values, last] of [
      ['counter-one', { name: 'Ngã Tư Sở' }, { mean_speed: 8, vehicle_count: 30 }, '{"values": '],
      ['counter-two', { name: 'Ngã Tư Vọng', simulated: true, position: [105.84, 21] }, { mean_speed: 45 }, null],
      ['station', { name: 'Thái Hà', domain: 'environment', kind: 'air-station' }, { pm2_5: 40 }, null],
      ['rack', { name: 'Tủ máy A1', domain: 'ict', kind: 'server-rack' }, { cpu_load: 71 }, null],
    ] as const) {
      const device = { id, position: HERE, ...more };
      const client = await city.connect(id, await city.register(device));
      const topic = `city/${'domain' in more ? more.domain : 'traffic'}/${id}/telemetry`;
      await client.publishAsync(topic, JSON.stringify(reports.map((time) => ({ time, values }))), { qos: 1 });
      // One that cannot be read is kept aside.
      if (last !== null) await client.publishAsync(topic, last, { qos: 1 });
      await client.endAsync();
    }
    await city.register({ id: 'counter-new', name: 'Mai Dịch' });
    await city.settled();
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
    await folder?.remove();
  });

  /** What axe-core finds in each view of a page that is open already: it goes there as Back and Forward do. */
  async function found(tab: Page, views: Readonly<Record<string, View>>, usual: Readonly<Record<string, string>>) {
    const wrong: string[] = [];
    for (const [name, { query = {}, open }] of Object.entries(views)) {
      const search = `?${new URLSearchParams({ ...usual, ...query })}`;
      await tab.evaluate(
        `history.pushState(null, '', ${JSON.stringify(search)}); dispatchEvent(new PopStateEvent('popstate'))`,
      );
      await open(tab).catch((error) => wrong.push(`${name} does not open: ${error}`));
      wrong.push(...(await violations({ tab })).map((each) => `${name}: ${each}`));
    }
    return wrong;
  }

  it.each([
    ['vi', 'light'],
    ['vi', 'dark'],
    ['en', 'light'],
    ['en', 'dark'],
  ])('axe-core finds no violation in %s, %s', async (lang, theme) => {
    const look = { lang, theme };
    const { tab, errors, close } = await openPage(browser, city.url, { query: look, centre: HERE, zoom: 14 });
    expect(await found(tab, VIEWS, { ...look, domain: 'traffic' })).toEqual([]);
    await tab.setViewportSize({ width: 390, height: 844 });
    await tab.reload();
    await tab.locator('#devices').waitFor();
    expect(await found(tab, PHONE, { ...look, domain: 'traffic' })).toEqual([]);

    await tab.goto(`${city.url}/quarantine?${new URLSearchParams(look)}`);
    await there('main h1, main h2')(tab);
    expect(await violations({ tab })).toEqual([]);
    expect((await tab.context().request.post(`${city.url}/api/v1/session`, { data: { key: KEY } })).status()).toBe(204);
    await tab.setViewportSize({ width: 1100, height: 720 });
    await tab.reload();
    expect(await found(tab, QUARANTINE, look)).toEqual([]);
    expect(errors.filter((error) => !error.includes('401'))).toEqual([]);
    await close();
  });
});
