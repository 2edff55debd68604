import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

/** Two counters in Hoàn Kiếm, and the place between them that the map is centred on. */
const [NORTH, CENTRE, SOUTH] = [
  [105.852, 21.032],
  [105.852, 21.03],
  [105.852, 21.028],
] as const;
const WARD = 'Hoan Kiem Ward';

const Figures = z.object({
  items: z.array(z.object({ group: z.string(), value: z.number(), completeness: z.number().nullable() })),
  approximate: z.boolean(),
});

/** A square around the centre, named as the ward is. */
const SURVEYED = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { 'name:vi': 'Phường Hoàn Kiếm', 'name:en': WARD },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [105.84, 21.02],
            [105.86, 21.02],
            [105.86, 21.04],
            [105.84, 21.04],
            [105.84, 21.02],
          ],
        ],
      },
    },
  ],
};

await withTool(['chromium'], 'the map coloured by wards and metrics', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage | undefined;

  /** Registers a counter that reported twice within the last hour. */
  async function counter(id: string, position: readonly [number, number], speed: number, count: number) {
    const client = await city.connect(id, await city.register({ id, name: id, position }));
    const reports = [30, 20].map((minutes) => ({
      time: Date.now() - minutes * 60_000,
      values: { mean_speed: speed, vehicle_count: count },
    }));
    await client.publishAsync(`city/traffic/${id}/telemetry`, JSON.stringify(reports), { qos: 1 });
    await client.endAsync();
  }

  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
    await counter('counter-north', NORTH, 8, 100);
    await counter('counter-south', SOUTH, 16, 300);
    await city.settled();
  });
  afterEach(async () => {
    await page?.close();
    page = undefined;
    await city.api('/api/v1/areas?level=ward', { method: 'DELETE' });
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
    await folder?.remove();
  });

  const query = { lang: 'en', theme: 'light', domain: 'traffic', layer: 'wards', metric: 'mean_speed' };
  const legendOf = ({ tab }: CityPage) => tab.getByRole('region', { name: 'Legend' });
  async function figures(metric: string) {
    const from = new Date(Date.now() - 3_600_000).toISOString();
    return Figures.parse(
      await city.json(`/api/v1/aggregates?group_by=area&window=all&metric=${metric}&fn=value&from=${from}`),
    );
  }

  it('a ward shows the figure the API gives, how complete it is, and that its borders are approximate', async () => {
    const { items, approximate } = await figures('mean_speed');
    expect(approximate).toBe(true);
    expect(items).toEqual([expect.objectContaining({ group: 'hoan-kiem', value: 12 })]);

    page = await openPage(browser, city.url, { query, centre: CENTRE });
    const tooltip = await page.pointAtMiddle(WARD);
    await tooltip.getByText('12 km/h', { exact: true }).waitFor();
    const said = await textOf(tooltip);
    expect(said).toContain('Mean speed, last hour');
    expect(said).toContain('2 devices');
    expect(said).toContain('approximate boundary');
    // Four reports of a hundred and twenty that were due since then.
    expect(said).toContain('incomplete');

    const legend = legendOf(page);
    expect(await textOf(legend)).toMatch(/Approximate borders: .*© OpenStreetMap contributors, ODbL/);
    expect(await textOf(legend.locator('li').filter({ hasText: 'No figure' }))).toBe('No figure 125');
    expect(await textOf(legend.locator('li').filter({ hasText: 'Poor' }))).toBe('Poor 10 to 20 1');

    const { x, y } = await page.middle();
    await page.tab.mouse.click(x, y);
    await page.tab.getByRole('region', { name: WARD }).waitFor();
    await expect.poll(() => page && new URL(page.tab.url()).searchParams.get('area')).toBe('hoan-kiem');
  });

  it('once polygons are imported the mark of approximate borders is gone', async () => {
    const answer = await city.api('/api/v1/areas?level=ward', {
      method: 'PUT',
      headers: { 'content-type': 'application/geo+json' },
      body: JSON.stringify(SURVEYED),
    });
    expect(answer.status, await answer.clone().text()).toBe(200);
    expect((await figures('mean_speed')).approximate).toBe(false);

    page = await openPage(browser, city.url, { query, centre: CENTRE });
    const tooltip = await page.pointAtMiddle(WARD);
    await tooltip.getByText('12 km/h', { exact: true }).waitFor();
    expect(await textOf(tooltip)).not.toContain('approximate');
    expect(await textOf(legendOf(page))).toContain('Borders as the city imported them');
    expect(await textOf(page.tab.locator('main'))).not.toMatch(/approximate/i);
  });

  it('another metric is another legend, for wards and for devices, and is in the address', async () => {
    page = await openPage(browser, city.url, { query, centre: CENTRE });
    const { tab } = page;
    const legend = legendOf(page);
    await legend.getByText('Severe', { exact: true }).waitFor();
    await legend.getByLabel('Coloured by').selectOption({ label: 'Vehicle count' });
    await legend.getByText('Classes of equal size, of what is shown now').waitFor();
    expect(await textOf(legend)).toContain('vehicles · last hour');
    expect(await legend.getByText('Severe', { exact: true }).count()).toBe(0);
    // 100 + 100 + 300 + 300 vehicles: a total of the ward.
    const tooltip = await page.pointAtMiddle('800 vehicles');
    expect(await textOf(tooltip)).toContain('Vehicle count, last hour');
    await expect.poll(() => new URL(tab.url()).searchParams.get('metric')).toBe('vehicle_count');

    await legend.getByRole('checkbox', { name: 'Devices' }).check({ force: true });
    await legend.getByRole('checkbox', { name: 'Wards' }).uncheck({ force: true });
    await legend.getByText('Traffic counter').waitFor();
    expect(await textOf(legend.locator('p').filter({ hasText: 'Vehicle count' }))).toBe('Vehicle count vehicles');
    expect(await legend.getByText('Car park').count()).toBe(0);
    await legend.getByLabel('Coloured by').selectOption({ label: 'Main metric of each kind' });
    await legend.getByText('Car park').waitFor();
    await expect.poll(() => new URL(tab.url()).searchParams.get('metric')).toBeNull();
  });

  it('by keyboard the ward in the middle is told and opened', async () => {
    page = await openPage(browser, city.url, { query, centre: CENTRE });
    const { tab } = page;
    await page.middle();
    await tab.keyboard.press('Tab');
    await tab.getByRole('region', { name: /^Map of Hanoi’s wards/ }).focus();
    await tab
      .locator('[aria-live]')
      .filter({ hasText: `${WARD}: 12 km/h` })
      .waitFor({ state: 'attached' });
    await tab.keyboard.press('Enter');
    await tab.getByRole('region', { name: WARD }).waitFor();
    await tab.keyboard.press('Escape');
    await tab.getByRole('region', { name: WARD }).waitFor({ state: 'detached' });
    expect(page.errors).toEqual([]);
  });

  it('axe-core finds no violation in the layers, in either language and theme', async () => {
    page = await openPage(browser, city.url, { query: { ...query, lang: 'vi' }, centre: CENTRE });
    const { tab } = page;
    for (const language of ['VI', 'EN'])
      for (const theme of ['light', 'dark']) {
        await tab.getByRole('button', { name: language, exact: true }).click();
        await tab.locator('header select').first().selectOption(theme);
        await tab.waitForSelector(`html[lang="${language.toLowerCase()}"][data-theme="${theme}"]`);
        for (const layer of ['devices', 'wards']) {
          await tab.locator(`input[name="layer"][value="${layer}"]`).setChecked(true, { force: true });
          const other = layer === 'devices' ? 'wards' : 'devices';
          await tab.locator(`input[name="layer"][value="${other}"]`).setChecked(false, { force: true });
          await page.middle();
          const details = tab.locator('#legend-body details');
          if ((await details.count()) > 0 && (await details.first().getAttribute('open')) === null)
            await details.first().locator('summary').click();
          expect(await violations(page)).toEqual([]);
        }
      }
  });
});
