import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const HERE = [105.8272, 21.0122] as const;

await withTool(['chromium'], 'the table, places and saved views', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage | undefined;

  /** Registers a device that reports once, of a minute ago: figures of areas end at the full minute; one without values never reports. */
  async function device(id: string, name: string, values: Record<string, number>, more: Record<string, unknown> = {}) {
    const { domain = 'traffic' } = more;
    const password = await city.register({ id, name, position: HERE, ...more });
    if (Object.keys(values).length === 0) return;
    const client = await city.connect(id, password);
    await client.publishAsync(`city/${domain}/${id}/telemetry`, JSON.stringify({ time: Date.now() - 60_000, values }), {
      qos: 1,
    });
    await client.endAsync();
  }

  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
    await device('counter-one', 'Ngã Tư Sở', { mean_speed: 8 });
    await device('counter-two', 'Ngã Tư Vọng', { mean_speed: 45 }, { position: [105.9, 21.1] });
    await device('counter-three', 'Láng', { mean_speed: 120 });
    await device('counter-sim', 'Ô Chợ Dừa', { mean_speed: 25 }, { simulated: true });
    await device('counter-new', 'Mai Dịch', {});
    await device('hospital-one', 'Bệnh viện Đống Đa', { beds_occupied: 80 }, { domain: 'health', kind: 'hospital' });
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

  const open = async (query: Record<string, string> = {}) => {
    page = await openPage(browser, city.url, { query: { lang: 'en', theme: 'light', ...query } });
    return page;
  };
  const gridOf = ({ tab }: CityPage) => tab.getByRole('grid');
  const inAddress = ({ tab }: CityPage) => Object.fromEntries(new URL(tab.url()).searchParams);
  /** The first cells of the rows that are there. */
  async function names(opened: CityPage): Promise<readonly string[]> {
    const cells = gridOf(opened).locator('tbody tr[aria-rowindex] td:first-child');
    return (await cells.allTextContents()).map((text) => text.trim());
  }

  it('the table shows what the map shows, with the same count, filters and link', async () => {
    const opened = await open({ domain: 'traffic', simulated: 'exclude' });
    const { tab } = opened;
    await opened.list.locator('.count').filter({ hasText: '4 of 5' }).waitFor();
    await tab.getByRole('group', { name: 'Shown as' }).getByRole('button', { name: 'Table' }).click();
    await gridOf(opened).getByText('Ngã Tư Sở').waitFor();
    expect(await gridOf(opened).getAttribute('aria-rowcount')).toBe('5');
    await expect.poll(() => names(opened)).toEqual(['Láng', 'Mai Dịch', 'Ngã Tư Sở', 'Ngã Tư Vọng']);
    const line = tab.locator('header .state');
    expect(await textOf(line)).toMatch(/^4 of 5 devices shown 1 never reported newest/);
    await expect
      .poll(() => inAddress(opened))
      .toMatchObject({ show: 'table', domain: 'traffic', simulated: 'exclude' });

    await tab.getByRole('combobox', { name: 'Simulated devices' }).selectOption('Only simulated');
    await gridOf(opened).getByText('Ô Chợ Dừa').waitFor();
    await expect.poll(() => names(opened)).toEqual(['Ô Chợ Dừa']);
    await tab
      .locator('[role=status]')
      .filter({ hasText: '1 of 5 devices shown, 1 simulated' })
      .waitFor({ state: 'attached' });

    await tab.reload();
    await gridOf(opened).getByText('Ô Chợ Dừa').waitFor();
    await expect.poll(() => names(opened)).toEqual(['Ô Chợ Dừa']);
    await tab.getByRole('group', { name: 'Shown as' }).getByRole('button', { name: 'Map' }).click();
    await tab.locator('canvas.maplibregl-canvas').waitFor();
    await expect.poll(() => inAddress(opened)).not.toHaveProperty('show');
  });

  it('sorts by figure both ways, and the file has the rows in that order', async () => {
    const opened = await open({ domain: 'traffic', metric: 'mean_speed', show: 'table' });
    const { tab } = opened;
    const heading = gridOf(opened).getByRole('columnheader', { name: 'Mean speed' });
    await heading.getByRole('button').click();
    await gridOf(opened).locator('th[aria-sort="ascending"]').waitFor();
    await expect.poll(() => names(opened)).toEqual(['Ngã Tư Sở', 'Ô Chợ Dừa', 'Ngã Tư Vọng', 'Láng', 'Mai Dịch']);
    await heading.getByRole('button').click();
    await gridOf(opened).locator('th[aria-sort="descending"]').waitFor();
    await expect.poll(() => names(opened)).toEqual(['Láng', 'Ngã Tư Vọng', 'Ô Chợ Dừa', 'Ngã Tư Sở', 'Mai Dịch']);
    await expect.poll(() => inAddress(opened)).toMatchObject({ sort: '-value' });

    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      tab.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^nhip-devices-.*\.csv$/);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(6);
    expect(lines[1]).toMatch(
      /^counter-three,Láng,counter,Traffic counter,traffic,Traffic,.*,mean_speed,Mean speed,120,km\/h,good,valid,20..-/,
    );
    expect(lines[5]).toMatch(/^counter-new,Mai Dịch,/);
  });

  it('a device is found, opened and left again by keyboard alone', async () => {
    const opened = await open({ domain: 'traffic' });
    const { tab } = opened;
    await opened.list.locator('.count').filter({ hasText: '5' }).waitFor();
    const skip = tab.getByRole('button', { name: 'Show as a table' });
    await tab.keyboard.press('Tab');
    await tab.keyboard.press('Tab');
    expect(await skip.and(tab.locator(':focus')).count()).toBe(1);
    await tab.keyboard.press('Enter');
    await gridOf(opened).getByText('Ngã Tư Sở').waitFor();
    // Tab leads into the grid once, wherever it is on the page.
    const inGrid = () => tab.evaluate('document.activeElement?.closest("[role=grid]") !== null');
    for (let i = 0; i < 80 && !(await inGrid()); i++) await tab.keyboard.press('Tab');
    const focused = () => tab.evaluate('document.activeElement?.textContent?.trim()');
    expect(await focused()).toBe('Láng');
    await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('ArrowDown');
    expect(await focused()).toBe('Ngã Tư Sở');
    await tab.keyboard.press('Enter');
    await opened.panel('Ngã Tư Sở').waitFor();
    await expect.poll(() => inAddress(opened)).toMatchObject({ device: 'counter-one', show: 'table' });
    await tab.keyboard.press('Escape');
    await opened.panel('Ngã Tư Sở').waitFor({ state: 'detached' });
    expect(await focused()).toBe('Ngã Tư Sở');
    await tab.keyboard.press('Control+Home');
    await tab.keyboard.press('ArrowUp');
    expect(await focused()).toBe('Name');
    expect(opened.errors).toEqual([]);
  });

  it('wards have the same table: sorted by the figure, opened from it', async () => {
    const opened = await open({
      domain: 'traffic',
      metric: 'mean_speed',
      show: 'table',
      rows: 'wards',
      sort: '-value',
    });
    const { tab } = opened;
    await gridOf(opened).locator('tbody tr[aria-rowindex="2"]').filter({ hasText: 'km/h' }).waitFor();
    expect(await gridOf(opened).getAttribute('aria-rowcount')).toBe('127');
    await tab.getByText('126 wards and communes: Mean speed, last hour').first().waitFor();
    const first = gridOf(opened).locator('tbody tr[aria-rowindex="2"] td').first();
    const name = await textOf(first);
    await first.click();
    await opened.panel(name).waitFor();
  });

  it('a place is found without marks, the map goes there and marks it, and a link does so too', async () => {
    const opened = await open({ show: 'table' });
    const { tab } = opened;
    await tab.getByRole('combobox', { name: /^Find/ }).fill('ho hoan kiem');
    await tab.getByRole('option', { name: /^Hoan Kiem Lake/ }).click();
    const marked = tab.getByText('Hoan Kiem Lake').and(tab.locator('.place p'));
    await marked.waitFor();
    await expect.poll(() => inAddress(opened)).toMatchObject({ place: 'water:ho-hoan-kiem' });
    await expect.poll(() => inAddress(opened)).not.toHaveProperty('show');
    await tab.waitForFunction('/#map=1[4-7][.0-9]*.21[.]02[0-9]*.105[.]8[45]/.test(location.hash)');
    const link = tab.url();
    await tab.goto('about:blank');
    await tab.goto(link);
    await marked.waitFor();
    await tab.getByRole('button', { name: 'Take the mark off Hoan Kiem Lake' }).click();
    await marked.waitFor({ state: 'detached' });
  });

  it('a view is saved, opened again, and begun with', async () => {
    const opened = await open({ domain: 'health', show: 'table' });
    const { tab } = opened;
    const menu = tab.locator('header button[aria-controls="tool-menu"]');
    await menu.click();
    await tab.getByRole('button', { name: 'Save and manage…' }).click();
    await tab.getByLabel('Name for what is shown now').fill('Beds');
    await tab.keyboard.press('Enter');
    await tab.getByText('“Beds” is saved.').waitFor();
    expect(await violations(opened)).toEqual([]);
    await tab.getByRole('button', { name: 'Begin with “Beds”' }).click();
    await tab.keyboard.press('Escape');

    await tab.getByRole('radio', { name: 'Traffic' }).check({ force: true });
    await tab.getByRole('group', { name: 'Shown as' }).getByRole('button', { name: 'Map' }).click();
    await menu.click();
    await tab.locator('#tool-menu').getByRole('button', { name: /^Beds/ }).click();
    await gridOf(opened).getByText('Bệnh viện Đống Đa').waitFor();
    await expect.poll(() => inAddress(opened)).toMatchObject({ domain: 'health', show: 'table' });

    await tab.goto(`${city.url}/?lang=en`);
    await gridOf(opened).getByText('Bệnh viện Đống Đa').waitFor();
    await expect.poll(() => inAddress(opened)).toMatchObject({ domain: 'health', show: 'table', lang: 'en' });
  });

  it.each(['vi', 'en'])('axe-core finds no violation in the tables, in %s, light and dark', async (lang) => {
    for (const theme of ['light', 'dark'])
      for (const rows of ['devices', 'wards']) {
        const opened = await open({ lang, theme, rows, show: 'table', metric: 'mean_speed', domain: 'traffic' });
        await gridOf(opened).locator('tbody tr[aria-rowindex="2"]').waitFor();
        await opened.tab.locator('header .state b').waitFor();
        expect(await violations(opened)).toEqual([]);
        await opened.close();
      }
  });
});
