import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A full hour of the past, which every step has an edge at. */
const FULL = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
const instant = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');

const HOAN_KIEM = [105.852, 21.03] as const;
const DONG_DA = [105.8272, 21.0122] as const;
const OPENFREEMAP = 'https://tiles.openfreemap.org';
const TILES = { tiles: [`${OPENFREEMAP}/planet/test/{z}/{x}/{y}.pbf`], maxzoom: 14 };
const BETWEEN = [105.84, 21.021] as const;
const ALONE = [105.9, 21.05] as const;

await withTool(['chromium'], 'what a planner does', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  const pages: CityPage[] = [];

  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
    await folder?.remove();
  });

  /** Registers a device and connects it; the answer publishes reports. */
  async function device(id: string, name: string, position: readonly [number, number], more: { domain?: string } = {}) {
    const client = await city.connect(id, await city.register({ id, name, position, ...more }));
    return async (...reports: readonly { readonly time: number; readonly values: Record<string, number> }[]) => {
      const topic = `city/${more.domain ?? 'traffic'}/${id}/telemetry`;
      await client.publishAsync(topic, JSON.stringify(reports), { qos: 1 });
    };
  }
  async function open(query: Readonly<Record<string, string>>, centre?: readonly [number, number], zoom?: number) {
    const page = await openPage(browser, city.url, {
      query: { lang: 'en', theme: 'light', ...query },
      ...(centre && { centre }),
      ...(zoom && { zoom }),
    });
    pages.push(page);
    return page;
  }

  it('the air of two wards is compared at a moment of the past, and as time moves on', async () => {
    const station = { domain: 'environment', kind: 'air-station' };
    // In Hoàn Kiếm the air turns bad at the full hour; in Đống Đa it stays as it was.
    for (const [id, name, place, before, after] of [
      ['air-lake', 'Hồ Gươm', HOAN_KIEM, 20, 90],
      ['air-dong-da', 'Thái Hà', DONG_DA, 60, 60],
    ] as const) {
      const publish = await device(id, name, place, station);
      const times = Array.from({ length: 24 }, (_, i) => FULL - HOUR_MS + i * 5 * MINUTE_MS + MINUTE_MS);
      await publish(...times.map((time) => ({ time, values: { pm2_5: time < FULL ? before : after } })));
    }
    await city.settled();

    const past = { from: instant(FULL - HOUR_MS), to: instant(FULL + HOUR_MS), at: instant(FULL), step: 'PT5M' };
    const page = await open({ domain: 'environment', metric: 'pm2_5', layers: 'wards', ...past }, BETWEEN, 13);
    const { tab } = page;
    const legend = tab.getByRole('region', { name: 'Legend' });
    await legend.getByText('2 wards have a figure').click();
    const ranked = legend.locator('details li');
    const first = (text: string) => ranked.first().filter({ hasText: text }).waitFor();
    await first('Dong Da Ward');
    expect(await textOf(ranked.first())).toContain('60 µg/m³');
    expect(await textOf(ranked.last())).toContain('20 µg/m³');

    const slider = tab.getByRole('slider', { name: 'Moment shown' });
    await slider.press('End');
    await first('90 µg/m³');
    expect(await textOf(ranked.first())).toContain('Hoan Kiem Ward');

    for (const ward of ['Hoan Kiem Ward', 'Dong Da Ward']) {
      await ranked.filter({ hasText: ward }).getByRole('button').click();
      await page.panel(ward).getByRole('button', { name: 'Compare', exact: true }).click();
    }
    await tab.getByRole('button', { name: 'Compare (2/4)' }).click();
    const room = tab.getByRole('region', { name: 'Compare' });
    const told = (ward: string, text: string) =>
      room.getByRole('listitem').filter({ hasText: ward }).filter({ hasText: text }).waitFor();
    await room.getByRole('slider', { name: /A Hoan Kiem Ward, B Dong Da Ward/ }).waitFor();
    await told('Hoan Kiem Ward', '90 µg/m³');
    await told('Dong Da Ward', '−30 µg/m³ against A');
    // What is compared is of the moment that is shown, and of nothing after it.
    await slider.press('Home');
    for (let step = 0; step < 6; step++) await slider.press('ArrowRight');
    await told('Hoan Kiem Ward', '20 µg/m³');
    await told('Dong Da Ward', '+40 µg/m³ against A');
    expect(page.errors).toEqual([]);
  });

  /** What somebody sees, each part as its own control tells it. */
  async function seen({ tab, list }: CityPage) {
    const legend = tab.getByRole('region', { name: 'Legend' });
    const on = await legend.locator('input[name=layer]:checked').all();
    return {
      names: await list.getByRole('list', { name: 'Devices' }).locator('.name').allTextContents(),
      filters: await list.getByRole('list', { name: 'Filters' }).locator('button').allTextContents(),
      layers: await Promise.all(on.map((box) => box.getAttribute('value'))),
      opacity: await legend.getByRole('slider', { name: 'Opacity of Wards' }).inputValue(),
      moment: await tab.getByRole('region', { name: 'Time', exact: true }).locator('time').getAttribute('datetime'),
      compared: await tab.getByRole('region', { name: 'Compare' }).locator('li span').allTextContents(),
      panel: await tab.locator('#panel-title').textContent(),
      credit: await textOf(tab.locator('.frame > p').last()),
      looks: new URL(tab.url()).hash,
    };
  }
  const withBaseMap = ({ tab }: CityPage) =>
    tab
      .context()
      .route(`${OPENFREEMAP}/**`, (route) =>
        route.request().url().endsWith('/planet') ? route.fulfill({ json: TILES }) : route.fulfill({ status: 204 }),
      );

  it('a link opens the same view for somebody else: layers, filters, moment, drawn area, comparison and base map', async () => {
    const now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    for (const [id, name, place, mean_speed] of [
      ['counter-slow', 'Ngã Tư Sở', [105.828, 21.0125], 6],
      ['counter-quick', 'Ngã Tư Vọng', [105.8262, 21.012], 44],
      ['counter-far', 'Long Biên', [105.87, 21.04], 7],
    ] as const) {
      const publish = await device(id, name, place);
      await publish(...Array.from({ length: 150 }, (_, i) => ({ time: now - i * MINUTE_MS, values: { mean_speed } })));
    }
    await city.settled();

    const page = await open({ domain: 'traffic' }, DONG_DA, 15);
    const { tab } = page;
    await withBaseMap(page);
    await page.middle();
    await tab.getByRole('button', { name: 'Draw a circle' }).click();
    await tab.locator('canvas.drawing').waitFor();
    const { x, y } = await page.middle();
    await tab.mouse.click(x, y);
    await tab.mouse.move(x + 90, y, { steps: 3 });
    await tab.mouse.click(x + 120, y);
    await page.panel('Drawn area').waitFor();
    const legend = tab.getByRole('region', { name: 'Legend' });
    await legend.getByRole('checkbox', { name: 'Wards' }).check({ force: true });
    await legend.getByRole('slider', { name: 'Opacity of Wards' }).fill('60');
    for (const name of ['Ngã Tư Sở', 'Ngã Tư Vọng']) {
      await page.row(name).getByRole('button').click();
      await page.panel(name).getByRole('button', { name: 'Compare', exact: true }).click();
    }
    await tab.getByRole('button', { name: 'Look back' }).click();
    await tab.getByRole('slider', { name: 'Moment shown' }).press('PageDown');
    await page.list.getByRole('button', { name: /^Severe/ }).click();
    await page.list.getByText('1 of 3', { exact: true }).waitFor();
    await tab.getByRole('button', { name: 'Tools' }).click();
    await tab.getByRole('radio', { name: /OpenFreeMap/ }).check();
    await tab.getByRole('link', { name: '© OpenMapTiles' }).waitFor();

    const before = await seen(page);
    expect(before).toMatchObject({
      names: ['Ngã Tư Sở'],
      layers: ['devices', 'wards'],
      opacity: '60',
      compared: ['Ngã Tư Sở', 'Ngã Tư Vọng'],
      panel: 'Ngã Tư Vọng',
    });
    // Another browser's profile: nothing is there but the link.
    const other = await open({});
    await withBaseMap(other);
    await other.tab.goto(tab.url());
    await vi.waitFor(async () => expect(await seen(other)).toEqual(before), { timeout: 60_000, interval: 500 });
    await other.middle();
    expect(other.errors).toEqual([]);
  });

  it('a device falls silent before one’s eyes: on the map, in the list, in the counts and in its panel', async () => {
    const publish = await device('counter-quiet', 'Cầu Chương Dương', ALONE);
    const page = await open({ domain: 'traffic', device: 'counter-quiet' }, ALONE);
    const { tab } = page;
    const row = page.row('Cầu Chương Dương');
    const panel = page.panel('Cầu Chương Dương');
    const silent = tab.getByRole('region', { name: 'Legend' }).locator('li').filter({ hasText: 'Silent: hollow' });
    await panel.getByText('Never reported').waitFor();
    await page.middle();
    const quiet = Number(/\d+$/.exec(await textOf(silent))?.[0]);

    // It is awaited every minute, and told of three that are missing: this report is nearly that old.
    await publish({ time: Date.now() - 150_000, values: { mean_speed: 8 } });
    await row.filter({ hasText: '8 km/h' }).filter({ hasText: 'Severe' }).waitFor();
    await panel.getByText('Reporting', { exact: true }).waitFor();
    const tip = await page.pointAtMiddle('Cầu Chương Dương');
    await tip.filter({ hasText: 'Severe' }).waitFor();

    await row.filter({ hasText: 'Silent' }).waitFor({ timeout: 60_000 });
    expect(await textOf(row)).toMatch(/8 km\/h.*Silent · Traffic counter/);
    expect(await textOf(row)).not.toContain('Severe');
    await panel.getByText(/^Silent · since .*: no Mean speed for 3 min/).waitFor();
    await tip.filter({ hasText: 'Silent' }).waitFor();
    await silent.filter({ hasText: String(quiet + 1) }).waitFor();
    await tab
      .locator('header .state')
      .getByText(/\d+ silent/)
      .waitFor();

    await publish({ time: Date.now(), values: { mean_speed: 33 } });
    await row.filter({ hasText: '33 km/h' }).filter({ hasText: 'Good' }).waitFor();
    await panel.getByText('Reporting', { exact: true }).waitFor();
    await tip.filter({ hasText: 'Good' }).waitFor();
    expect(page.errors).toEqual([]);
  });
});
