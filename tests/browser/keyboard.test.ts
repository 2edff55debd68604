import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { walker } from '../helpers/focus.ts';
import { openPage } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const MINUTE_MS = 60_000;

await withTool(['chromium'], 'the whole page by keyboard', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;

  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
    for (const [id, name, position, base] of [
      ['counter-one', 'Máy đếm Thái Hà', [105.828, 21.0125], 5],
      ['counter-two', 'Máy đếm Vọng', [105.84, 21.0], 40],
    ] as const) {
      const client = await city.connect(id, await city.register({ id, name, position }));
      const reports = Array.from({ length: 100 }, (_, i) => ({
        time: Date.now() - i * MINUTE_MS,
        values: { mean_speed: base + (i % 5) },
      }));
      await client.publishAsync(`city/traffic/${id}/telemetry`, JSON.stringify(reports), { qos: 1 });
      await client.endAsync();
    }
    await city.settled();
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
    await folder?.remove();
  });

  it('search, panel, chart, comparison, table, layers, time and menu; the focus is always somewhere, and seen', async () => {
    const page = await openPage(browser, city.url, { query: { lang: 'en', theme: 'light', domain: 'traffic' } });
    const { tab } = page;
    await page.middle();
    const walk = walker(tab);
    const button = (name: string | RegExp) => tab.getByRole('button', { name, exact: typeof name === 'string' });

    await walk.press('/', tab.getByRole('combobox', { name: /^Find/ }));
    await tab.keyboard.type('may dem thai ha');
    await tab
      .getByRole('option', { name: /^Máy đếm Thái Hà/ })
      .first()
      .waitFor();
    await walk.press('Enter', tab.locator('#panel-title'));
    const panel = page.panel('Máy đếm Thái Hà');

    const chart = panel.getByRole('slider', { name: /^Chart: Mean speed/ });
    await chart.locator('canvas').waitFor();
    await walk.to(chart);
    await walk.press('ArrowLeft', chart);
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/: [\d.]+ km\/h · Severe/);

    await walk.to(panel.getByRole('button', { name: 'Compare', exact: true }), 'back');
    await walk.press('Enter', panel.getByRole('button', { name: 'Compare', pressed: true, exact: true }));
    await walk.to(button('Compare (1/4)'), 'back');
    await walk.press('Enter', tab.locator('#compare-title'));
    const room = tab.getByRole('region', { name: 'Compare' });
    await walk.to(room.getByRole('combobox', { name: 'Add a device or ward' }));
    await tab.keyboard.type('may dem vong');
    await room.getByRole('option', { name: /^Máy đếm Vọng/ }).waitFor();
    await walk.press('Enter');
    const both = room.getByRole('slider', { name: /A Máy đếm Thái Hà, B Máy đếm Vọng/ });
    await both.locator('canvas').waitFor();
    await room.getByRole('listitem').filter({ hasText: 'Máy đếm Vọng' }).filter({ hasText: 'against A' }).waitFor();
    await walk.to(both);
    await walk.press('End', both);
    expect(await both.getAttribute('aria-valuetext')).toMatch(/^A Máy đếm Thái Hà: .*; B Máy đếm Vọng: .* km\/h/);
    await walk.press('Escape', button('Compare (2/4)'));

    await walk.to(button('Table'), 'back');
    await walk.press('Enter', button('Table'));
    const grid = tab.getByRole('grid');
    await grid.getByText('Máy đếm Vọng').waitFor();
    const cell = (name: string) => grid.getByRole('gridcell', { name, exact: true });
    await walk.to(cell('Máy đếm Thái Hà'));
    await walk.press('ArrowDown', cell('Máy đếm Vọng'));
    await walk.press('Enter', tab.locator('#panel-title').filter({ hasText: 'Máy đếm Vọng' }));
    await walk.press('Escape', cell('Máy đếm Vọng'));
    await walk.to(button('Map'), 'back');
    await walk.press('Enter', button('Map'));
    await page.middle();

    const legend = tab.getByRole('region', { name: 'Legend' });
    const wards = legend.getByRole('checkbox', { name: 'Wards' });
    await walk.to(wards);
    await walk.press('Space', wards);
    const opacity = legend.getByRole('slider', { name: 'Opacity of Wards' });
    await walk.to(opacity);
    await walk.press('ArrowLeft', opacity);
    const up = legend.getByRole('button', { name: 'Move Wards up' });
    await walk.to(up);
    await walk.press('Enter', up);
    await expect.poll(() => new URL(tab.url()).searchParams.get('layers')).toBe('devices,wards.95');

    await walk.to(button('Look back'));
    await walk.press('Enter');
    const moment = tab.getByRole('slider', { name: 'Moment shown' });
    await walk.to(moment);
    await walk.press('PageDown', moment);
    // How much there is comes by a request of its own.
    const told = async () => expect(await moment.getAttribute('aria-valuetext')).toMatch(/\d+ of \d+ reports received/);
    await vi.waitFor(told, 30_000);
    await walk.press('Space', moment);
    await button('Stop').waitFor();
    await walk.press('Space', moment);
    await button('Play').waitFor();
    await walk.to(button('Back to live'), 'back');
    await walk.press('Enter');
    await walk.to(button('Look back'));

    await walk.to(button('Tools'), 'back');
    await walk.press('Enter', button('Tools'));
    await walk.to(button('Save and manage…'));
    await walk.press('Enter', tab.getByRole('dialog').getByRole('button', { name: 'Close' }));
    await walk.to(tab.getByLabel('Name for what is shown now'));
    await walk.press('Escape', button('Tools'));
    await expect.poll(() => new URL(tab.url()).searchParams.get('at')).toBeNull();
    expect(walk.faults).toEqual([]);
    expect(page.errors).toEqual([]);
    await page.close();
  });
});
