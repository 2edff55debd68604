import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PLACE = [105.852, 21.03] as const;
/** A full hour of the past, which every step has an edge at. */
const FULL = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
/** What the counter told in the hours before and after it, km/h. */
const [BEFORE, AFTER] = [8, 42];
const instant = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
/** Hour and minute in Hanoi. */
const clock = (ms: number) => new Date(ms + 7 * HOUR_MS).toISOString().slice(11, 16);

await withTool(['chromium'], 'the city as it was', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage | undefined;

  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
    const client = await city.connect(
      'counter-1',
      await city.register({ id: 'counter-1', name: 'Kim Mã 1', position: PLACE }),
    );
    const reports = Array.from({ length: 24 }, (_, index) => {
      const time = FULL - HOUR_MS + index * 5 * MINUTE_MS + MINUTE_MS;
      return { time, values: { mean_speed: time < FULL ? BEFORE : AFTER } };
    }).filter(({ time }) => time < Date.now());
    await client.publishAsync('city/traffic/counter-1/telemetry', JSON.stringify(reports), { qos: 1 });
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

  const usual = { lang: 'en', theme: 'light', domain: 'traffic' };
  const range = { from: instant(FULL - HOUR_MS), to: instant(FULL + HOUR_MS), step: 'PT5M' };
  const open = (query: Record<string, string>) =>
    openPage(browser, city.url, { query: { ...usual, ...query }, centre: PLACE });
  const slider = ({ tab }: CityPage) => tab.getByRole('slider', { name: 'Moment shown' });
  const row = ({ list }: CityPage, value: string) => list.getByRole('listitem').filter({ hasText: value });

  it('shows the earlier value and its time, plays on to the later one, and a link to it opens the same', async () => {
    page = await open({ ...range, at: instant(FULL), speed: '3600' });
    const { tab } = page;
    await row(page, `${BEFORE} km/h`).waitFor();
    const bar = tab.getByRole('region', { name: 'Time', exact: true });
    expect(await textOf(bar.locator('time'))).toContain(clock(FULL));
    const tooltip = await page.pointAtMiddle('Kim Mã 1');
    expect(await textOf(tooltip)).toContain('8 km/h');
    expect(await textOf(tooltip)).toContain('Severe');

    await slider(page).focus();
    await tab.keyboard.press('PageUp');
    await row(page, `${AFTER} km/h`).waitFor();
    await tab.keyboard.press('Home');
    await tab.keyboard.press('Space');
    await row(page, `${BEFORE} km/h`).waitFor();
    await row(page, `${AFTER} km/h`).waitFor();
    await bar.getByRole('button', { name: 'Play', exact: true }).waitFor();
    expect(await slider(page).getAttribute('aria-valuetext')).toContain(clock(FULL + HOUR_MS));

    await tab.keyboard.press('Home');
    for (let step = 0; step < 13; step++) await tab.keyboard.press('ArrowRight');
    await expect.poll(() => new URL(tab.url()).searchParams.get('at')).toBe(instant(FULL + 5 * MINUTE_MS));
    const there = new URL(tab.url());
    await page.close();
    page = await open(Object.fromEntries(there.searchParams));
    await row(page, `${AFTER} km/h`).waitFor();
    expect(await slider(page).getAttribute('aria-valuetext')).toContain(clock(FULL + 5 * MINUTE_MS));
    expect(page.errors).toEqual([]);
  });

  it('shows a device that is in use no more while it was, and not now', async () => {
    const password = await city.register({ id: 'counter-gone', name: 'Kim Mã 9', position: [105.853, 21.031] });
    const client = await city.connect('counter-gone', password);
    const report = { time: FULL - 10 * MINUTE_MS, values: { mean_speed: 23 } };
    await client.publishAsync('city/traffic/counter-gone/telemetry', JSON.stringify(report), { qos: 1 });
    await client.endAsync();
    await city.settled();
    const retire = { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"state":"retired"}' };
    expect((await city.api('/api/v1/devices/counter-gone', retire)).status).toBe(200);
    page = await open({ ...range, at: instant(FULL) });
    await row(page, '23 km/h').waitFor();
    await row(page, `${BEFORE} km/h`).waitFor();
    await page.tab.getByRole('button', { name: 'Back to live' }).click();
    await row(page, `${AFTER} km/h`).waitFor();
    expect(await row(page, '23 km/h').count()).toBe(0);
    expect(page.errors).toEqual([]);
  });

  it('goes back to what is now by one button, and the ages are of now again', async () => {
    page = await open({ ...range, at: instant(FULL) });
    const { tab } = page;
    await row(page, `${BEFORE} km/h`).waitFor();
    await tab.getByRole('button', { name: 'Back to live' }).click();
    await row(page, `${AFTER} km/h`).waitFor();
    for (const name of ['at', 'from', 'to', 'step'])
      await expect.poll(() => new URL(tab.url()).searchParams.has(name)).toBe(false);
    await tab.getByRole('button', { name: 'Look back' }).click();
    await slider(page).waitFor();
    await expect.poll(() => new URL(tab.url()).searchParams.has('at')).toBe(true);
  });

  it('sets two moments side by side, each with its time, divided where the reader wants it', async () => {
    page = await open({ ...range, at: instant(FULL + HOUR_MS / 2), with: instant(FULL) });
    const { tab } = page;
    await tab.waitForSelector('html[data-beside="idle"]');
    const divider = tab.getByRole('slider', { name: 'Divider between the two moments' });
    await tab.getByRole('region', { name: new RegExp(`^Map of Hanoi at ${clock(FULL)}`) }).waitFor();
    const cut = async () => (await tab.locator('.frame > .other').getAttribute('style')) ?? '';
    expect(await cut()).toContain('50%');
    expect(await textOf(tab.locator('.frame .before'))).toContain(clock(FULL + HOUR_MS / 2));
    expect(await textOf(tab.locator('.frame .after'))).toContain(clock(FULL));
    await divider.focus();
    await tab.keyboard.press('Home');
    await vi.waitFor(async () => expect(await cut()).toMatch(/ 0(%|px)?\);?$/));
    // Now all of the map is of the earlier moment.
    const told = await vi.waitFor(
      async () => {
        const box = await tab.locator('canvas.maplibregl-canvas').first().boundingBox();
        const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
        await tab.mouse.move(x - 40, y - 40);
        await tab.mouse.move(x, y);
        return await tab.locator('.card[aria-hidden]').filter({ hasText: 'Kim Mã 1' }).textContent({ timeout: 1_000 });
      },
      { timeout: 20_000 },
    );
    expect(told).toContain('8 km/h');
    expect(page.errors).toEqual([]);
  });

  it('axe-core finds no violation in playback and comparison, in either language and theme', async () => {
    for (const lang of ['vi', 'en'])
      for (const theme of ['light', 'dark']) {
        page = await open({ ...range, at: instant(FULL + HOUR_MS / 2), with: instant(FULL), lang, theme });
        await page.tab.waitForSelector('html[data-beside="idle"]');
        expect(await violations(page)).toEqual([]);
        await page.close();
      }
  });
});
