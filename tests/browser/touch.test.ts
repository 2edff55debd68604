import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';
import { drag, middleOf } from '../helpers/touch.ts';

const LAKE: readonly [number, number] = [105.8522, 21.0288];
/** At zoom 16 the first stands in the middle, the second a hundred pixels north of it, the third far east. */
const COUNTERS = [
  ['counter-lake', [105.8522, 21.0288], 20],
  ['counter-north', [105.8522, 21.0298], 40],
  ['counter-far', [105.8702, 21.0288], 90],
] as const;
const PATIENCE = { timeout: 20_000 };

await withTool(['chromium'], 'the map under a finger', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage | undefined;

  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
    for (const [id, position, speed] of COUNTERS) {
      const client = await city.connect(id, await city.register({ id, name: id, position }));
      const report = { time: Date.now() - 60_000, values: { mean_speed: speed } };
      await client.publishAsync(`city/traffic/${id}/telemetry`, JSON.stringify(report), { qos: 1 });
      await client.endAsync();
    }
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

  const held = async (query: Readonly<Record<string, string>> = {}) => {
    page = await openPage(browser, city.url, {
      query: { lang: 'en', theme: 'light', domain: 'traffic', ...query },
      centre: LAKE,
      phone: true,
    });
    return page;
  };
  const sheet = ({ tab }: CityPage) => tab.getByRole('slider', { name: 'Height of the sheet' }).last();
  const stop = async (of: CityPage) => await sheet(of).getAttribute('aria-valuetext');
  const parameter = ({ tab }: CityPage, name: string) => new URL(tab.url()).searchParams.get(name);

  it('opens the device that is tapped, in a sheet that is pulled up and down', async () => {
    const own = await held();
    const { tab } = own;
    const { x, y } = await own.middle();
    await tab.touchscreen.tap(x, y);
    const panel = own.panel('counter-lake');
    await panel.waitFor();
    expect(await textOf(panel)).toContain('20 km/h');
    await expect.poll(() => parameter(own, 'device')).toBe('counter-lake');
    expect(await stop(own)).toBe('half');

    const from = await middleOf(sheet(own));
    await drag(tab, [from, { x: from.x, y: from.y - 260 }]);
    await vi.waitFor(async () => expect(await stop(own)).toBe('full'), PATIENCE);
    const top = await middleOf(sheet(own));
    await drag(tab, [top, { x: top.x, y: top.y + 520 }]);
    await vi.waitFor(async () => expect(await stop(own)).toBe('peek'), PATIENCE);
    const { x: handleX, y: handleY } = await middleOf(sheet(own));
    await tab.touchscreen.tap(handleX, handleY);
    await vi.waitFor(async () => expect(await stop(own)).toBe('half'), PATIENCE);
    expect(await violations(own)).toEqual([]);
    expect(own.errors).toEqual([]);
  });

  it('draws a polygon corner by corner and closes it on the first', async () => {
    const own = await held();
    const { tab } = own;
    const { x, y } = await own.middle();
    await tab.getByRole('button', { name: 'Draw a polygon' }).tap();
    await tab.locator('canvas.drawing').waitFor();
    const corners = [
      [-70, -50],
      [70, -50],
      [60, 60],
      [-60, 60],
    ] as const;
    for (const [dx, dy] of corners) await tab.touchscreen.tap(x + dx, y + dy);
    await tab.getByText('4 corners').waitFor();
    await tab.touchscreen.tap(x - 70, y - 50);
    const panel = own.panel('Drawn area');
    await panel.waitFor();
    await expect.poll(() => parameter(own, 'within')).toMatch(/^polygon:/);
    await vi.waitFor(async () => expect(await textOf(panel)).toContain('Mean speed Fair 20 km/h'), PATIENCE);
    expect(own.errors).toEqual([]);
  });

  it('draws a circle with two taps, and its edge is pulled', async () => {
    const own = await held();
    const { tab } = own;
    const { x, y } = await own.middle();
    await tab.getByRole('button', { name: 'Draw a circle' }).tap();
    await tab.locator('canvas.drawing').waitFor();
    await tab.touchscreen.tap(x, y);
    await tab.touchscreen.tap(x + 60, y);
    const panel = own.panel('Drawn area');
    await panel.waitFor();
    await vi.waitFor(async () => expect(await textOf(panel)).toContain('Mean speed Fair 20 km/h'), PATIENCE);
    const radius = () => Number(parameter(own, 'within')?.split(',').at(-1));
    const before = radius();
    expect(before).toBeGreaterThan(50);

    await panel.getByRole('button', { name: 'Edit shape' }).tap();
    const edge = await middleOf(tab.getByRole('button', { name: /^Radius: left and right/ }));
    await drag(tab, [edge, { x: edge.x + 60, y: edge.y }]);
    await vi.waitFor(() => expect(radius()).toBeGreaterThan(before * 1.4), PATIENCE);
    expect(own.errors).toEqual([]);
  });

  it('comes nearer under two fingers', async () => {
    const own = await held();
    const { tab } = own;
    const { x, y } = await own.middle();
    const zoom = () => Number(/map=([\d.]+)/.exec(tab.url())?.[1]);
    expect(zoom()).toBe(16);
    await drag(
      tab,
      [
        { x: x - 30, y },
        { x: x - 120, y },
      ],
      [
        { x: x + 30, y },
        { x: x + 120, y },
      ],
    );
    await vi.waitFor(() => expect(zoom()).toBeGreaterThan(16.5), PATIENCE);
  });
});
