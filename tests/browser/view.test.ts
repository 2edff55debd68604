import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const Made = z.object({ key: z.string() });
const KEY = 'of-the-operators-own-choosing';
const HERE = [105.8272, 21.0122] as const;

await withTool(['chromium'], 'finding, filtering and linking on the page', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage | undefined;

  /** Registers a device and lets it report once, now. */
  async function device(id: string, name: string, values: Record<string, number>, more: Record<string, unknown> = {}) {
    const { domain = 'traffic' } = more;
    const client = await city.connect(id, await city.register({ id, name, position: HERE, ...more }));
    const message = JSON.stringify({ time: Date.now(), values });
    await client.publishAsync(`city/${domain}/${id}/telemetry`, message, { qos: 1 });
    await client.endAsync();
  }

  beforeAll(async () => {
    folder = await temporaryDirectory();
    const env = { ADMIN_KEY: KEY };
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path, env }), launchBrowser()]);
    await device('counter-one', 'Ngã Tư Sở', { mean_speed: 8, occupancy: 9 });
    await device('counter-two', 'Ngã Tư Vọng', { mean_speed: 45, occupancy: 60 }, { position: [105.9, 21.1] });
    await device('counter-sim', 'Ô Chợ Dừa', { mean_speed: 25 }, { simulated: true });
    await device('hospital-one', 'Bệnh viện Đống Đa', { beds_occupied: 80 }, { domain: 'health', kind: 'hospital' });
    const ict = { domain: 'ict', kind: 'server-rack' };
    await device('rack-one', 'Tủ máy A1', { rack_temperature: 24, cpu_load: 71 }, ict);
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
  const inAddress = ({ tab }: CityPage) => Object.fromEntries(new URL(tab.url()).searchParams);
  const count = ({ list }: CityPage, text: string) => list.locator('.count').filter({ hasText: text }).waitFor();

  it('a device of another domain is found without marks, by keyboard alone, and Back closes it', async () => {
    const opened = await open({ domain: 'traffic' });
    const { tab } = opened;
    await count(opened, '3');
    await tab.keyboard.press('/');
    await tab.keyboard.type('benh vien dong da');
    await tab.getByRole('option', { name: /^Bệnh viện Đống Đa/ }).waitFor();
    await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('Enter');
    await opened.panel('Bệnh viện Đống Đa').waitFor();
    await expect.poll(() => inAddress(opened)).toMatchObject({ domain: 'health', device: 'hospital-one' });
    await tab.getByRole('radio', { name: 'Health' }).and(tab.locator(':checked')).waitFor({ state: 'attached' });
    await tab.goBack();
    await opened.panel('Bệnh viện Đống Đa').waitFor({ state: 'detached' });
    await expect.poll(() => inAddress(opened)).not.toHaveProperty('device');
    await expect.poll(() => inAddress(opened)).toMatchObject({ domain: 'traffic' });
  });

  it('a ward is found without marks and tells its figures of every domain', async () => {
    const opened = await open();
    const { tab } = opened;
    await tab.getByRole('combobox', { name: /^Find/ }).fill('phuong dong da');
    await tab.getByRole('option', { name: /Dong Da Ward/ }).click();
    const panel = opened.panel('Dong Da Ward');
    await panel.getByText('approximate boundary').waitFor();
    await expect.poll(() => inAddress(opened)).toMatchObject({ area: 'dong-da' });
    const speed = panel.getByRole('listitem').filter({ hasText: 'Mean speed' });
    await speed.filter({ hasText: '16.5 km/h' }).waitFor();
    expect(await textOf(speed)).toMatch(/Poor.*received.*ago/);
    await panel.getByRole('button', { name: 'Show only devices here' }).click();
    await count(opened, '4 of 5');
  });

  it('filters change list, count and address; a link of them shows the same; one click takes all off', async () => {
    const opened = await open({ domain: 'traffic' });
    const { tab } = opened;
    await count(opened, '3');
    await tab.getByRole('button', { name: 'Filters' }).click();
    await tab.getByRole('combobox', { name: 'Simulated devices' }).selectOption('Leave out');
    await count(opened, '2 of 3');
    await tab.getByRole('button', { name: /^Severe/ }).click();
    await count(opened, '1 of 3');
    await opened.row('Ngã Tư Sở').waitFor();
    await expect
      .poll(() => inAddress(opened))
      .toMatchObject({ domain: 'traffic', level: 'severe', simulated: 'exclude' });

    const link = tab.url();
    await tab.goto('about:blank');
    await tab.goto(link);
    await count(opened, '1 of 3');
    await opened.row('Ngã Tư Sở').waitFor();
    await tab.getByRole('button', { name: 'Clear all' }).click();
    await count(opened, '3');
    await expect.poll(() => inAddress(opened)).toEqual({ lang: 'en', theme: 'light', domain: 'traffic' });
  });

  it('a link with a metric, words, a filter and a device shows just that', async () => {
    const opened = await open({
      domain: 'traffic',
      metric: 'occupancy',
      q: 'nga tu',
      level: 'severe',
      device: 'counter-two',
    });
    await opened.panel('Ngã Tư Vọng').waitFor();
    await count(opened, '1 of 3');
    expect(await textOf(opened.row('Ngã Tư Vọng'))).toMatch(/60%.*Severe/);
    expect(await opened.list.getByRole('searchbox').inputValue()).toBe('nga tu');
  });

  it('an address that makes no sense shows the city, and says nothing more than it should', async () => {
    const opened = await open({
      domain: 'atlantis',
      metric: '<b>',
      level: 'best',
      device: '../..',
      fresh_within: '-1',
    });
    await count(opened, '5');
    expect(opened.errors).toEqual([]);
    await expect.poll(() => inAddress(opened)).not.toHaveProperty('domain');
  });

  it('the header tells the key figures of the domain that is chosen, and the arrows choose another', async () => {
    const opened = await open({ domain: 'traffic' });
    const { tab } = opened;
    const figures = tab.getByRole('region', { name: 'Key figures' });
    const speed = figures.getByRole('button', { name: /Mean speed/ });
    await speed.filter({ hasText: /26 km\/h/ }).waitFor();
    expect(await textOf(speed)).toMatch(/Fair.*last 15 minutes · .* ago.*received/);
    await tab.getByRole('radio', { name: 'Traffic' }).focus();
    await tab.keyboard.press('ArrowLeft');
    await expect.poll(() => inAddress(opened)).not.toHaveProperty('domain');
    await tab.keyboard.press('ArrowLeft');
    await figures.getByRole('button', { name: /Link utilisation/ }).waitFor();
    await expect.poll(() => inAddress(opened)).toMatchObject({ domain: 'ict' });
  });

  it('what the public may not see is locked, in words, until a key opens it', async () => {
    const opened = await open({ domain: 'ict', device: 'rack-one' });
    const { tab } = opened;
    const load = opened.panel('Tủ máy A1').getByRole('button', { name: /CPU load/ });
    await load.filter({ hasText: 'for partners with a key' }).waitFor();
    await tab.getByRole('button', { name: 'Use a key' }).click();
    await tab.getByLabel('Key', { exact: true }).fill('not it');
    await tab.keyboard.press('Enter');
    await tab.getByRole('alert').filter({ hasText: 'The key is wrong' }).waitFor();
    await tab.getByLabel('Key', { exact: true }).fill(KEY);
    await tab.keyboard.press('Enter');
    await load.filter({ hasText: '71%' }).waitFor();
    await tab.reload();
    await load.filter({ hasText: '71%' }).waitFor();
    await tab.locator('.preferences button.open').click();
    await tab.getByRole('button', { name: 'Stop using the key' }).click();
    await load.filter({ hasText: 'for partners with a key' }).waitFor();
  });

  it('a key that is revoked is said to hold no longer, and what it opened is closed', async () => {
    const made = await city.post('/api/v1/keys', { id: 'partner', name: 'Partner', scopes: ['read'] });
    const { key } = Made.parse(await made.json());
    const opened = await open({ domain: 'ict', device: 'rack-one' });
    const { tab } = opened;
    const load = opened.panel('Tủ máy A1').getByRole('button', { name: /CPU load/ });
    await tab.getByRole('button', { name: 'Use a key' }).click();
    await tab.getByLabel('Key', { exact: true }).fill(key);
    await tab.keyboard.press('Enter');
    await load.filter({ hasText: '71%' }).waitFor();
    await city.api('/api/v1/keys/partner', { method: 'DELETE' });
    const notice = tab.getByRole('alert').filter({ hasText: 'The key “Partner” no longer holds' });
    await notice.waitFor();
    await load.filter({ hasText: 'for partners with a key' }).waitFor();
    expect(await violations(opened)).toEqual([]);
    await notice.getByRole('button', { name: 'Close' }).click();
    await notice.waitFor({ state: 'detached' });
    await tab.getByRole('button', { name: 'Use a key' }).waitFor();
  });

  it.each([1100, 820, 390])('the page itself does not scroll, %i pixels wide', async (width) => {
    const opened = await open({ domain: 'ict', area: 'dong-da' });
    const { tab } = opened;
    await tab.setViewportSize({ width, height: 720 });
    await tab.getByRole('region', { name: 'Dong Da Ward' }).getByText('Mean speed').waitFor();
    await tab.getByRole('region', { name: 'Key figures' }).getByRole('button').first().waitFor();
    await tab.evaluate('window.scrollTo(400, 400)');
    expect(await tab.evaluate('[window.scrollX, window.scrollY]')).toEqual([0, 0]);
  });

  it.each(['vi', 'en'])('axe-core finds no violation in the new views, in %s, light and dark', async (lang) => {
    for (const theme of ['light', 'dark']) {
      const opened = await open({ lang, theme, area: 'dong-da', condition: 'live', simulated: 'exclude' });
      const { tab } = opened;
      await tab
        .locator('section.card h2')
        .filter({ hasText: lang === 'vi' ? 'Phường Đống Đa' : 'Dong Da Ward' })
        .waitFor();
      await tab.locator('button.filters').click();
      await tab.locator('#filter-panel select').first().waitFor();
      expect(await violations(opened)).toEqual([]);
      await tab.locator('[role=combobox]').first().fill('dong da');
      await tab.locator('[role=option]').first().waitFor();
      expect(await violations(opened)).toEqual([]);
      await tab.keyboard.press('Escape');
      await tab.locator('.preferences button.open').click();
      await tab.locator('dialog[open]').waitFor();
      expect(await violations(opened)).toEqual([]);
      await opened.close();
    }
  });
});
