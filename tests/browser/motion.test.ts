import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type CityPage, openPage } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

/** A bus goes 200 m eastwards in 60 s, through the middle of the map. */
const [WEST, MIDDLE, EAST] = [105.849, 105.85, 105.851] as const;
const SECONDS = 60;
/** What a degree of longitude is in pixels at zoom 16, where tests look from. */
const PIXELS_A_DEGREE = (512 * 2 ** 16) / 360;

await withTool(['chromium'], 'something that moves', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let page: CityPage | undefined;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
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

  /** Registers a bus that reported from the west a minute ago; the answer lets it report from the east now. */
  async function bus(id: string, name: string, latitude: number) {
    const password = await city.register({ id, name, kind: 'bus' });
    const client = await city.connect(id, password);
    const report = (time: number, longitude: number, bus_delay: number) =>
      client.publishAsync(
        `city/traffic/${id}/telemetry`,
        JSON.stringify({ time, values: { bus_delay }, position: [longitude, latitude] }),
        {
          qos: 1,
        },
      );
    const now = Date.now();
    await report(now - SECONDS * 1_000, WEST, 60);
    await city.settled();
    return {
      arrive: () => report(now, EAST, 600),
      end: () => client.endAsync(),
    };
  }

  /** Moves the pointer to where a longitude is until the tooltip there names the bus. */
  async function seenAt({ tab, middle }: CityPage, longitude: number, name: string): Promise<string> {
    const { x, y } = await middle();
    const at = x + (longitude - MIDDLE) * PIXELS_A_DEGREE;
    const tooltip = tab.locator('.frame > .card[aria-hidden]').filter({ hasText: name });
    return await vi.waitFor(
      async () => {
        await tab.mouse.move(at, y - 60);
        await tab.mouse.move(at, y);
        return (await tooltip.textContent({ timeout: 500 })) ?? '';
      },
      { timeout: 90_000, interval: 50 },
    );
  }

  it('is drawn on its way between two reports, and never ahead of the last one', async () => {
    const { arrive, end } = await bus('bus-moving', 'Xe buýt 09', 21.03);
    page = await openPage(browser, city.url, { centre: [MIDDLE, 21.03], motion: true });
    expect(await seenAt(page, WEST, 'Xe buýt 09')).toContain('Good');
    await arrive();
    // The report is there, and says where it is at the end of the way; it is drawn in the middle of it.
    const half = await seenAt(page, MIDDLE, 'Xe buýt 09');
    expect(half).toContain('600 s');
    expect(half).toContain('Poor');
    expect(await seenAt(page, EAST, 'Xe buýt 09')).toContain('600 s');
    await end();
  });

  it('jumps where the reader has asked for less motion', async () => {
    const { arrive, end } = await bus('bus-jumping', 'Xe buýt 32', 21.05);
    page = await openPage(browser, city.url, { centre: [MIDDLE, 21.05] });
    expect(await seenAt(page, WEST, 'Xe buýt 32')).toContain('Good');
    await arrive();
    await page.row('Xe buýt 32').filter({ hasText: '600 s' }).waitFor();
    const tooltip = page.tab.locator('.frame > .card[aria-hidden]').filter({ hasText: 'Xe buýt 32' });
    expect(await seenAt(page, EAST, 'Xe buýt 32')).toContain('600 s');
    const { x, y } = await page.middle();
    await page.tab.mouse.move(x, y);
    await tooltip.waitFor({ state: 'detached' });
    await end();
  });
});
