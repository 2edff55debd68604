import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { openPage, textOf } from '../helpers/page.ts';
import { freePort } from '../helpers/ports.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

await withTool(['chromium'], 'the page while the city is away', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let start: () => Promise<TestCity>;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    const env = { PORT: String(await freePort()) };
    start = () => startCity({ dataDir: folder.path, env });
    [city, browser] = await Promise.all([start(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
    await folder?.remove();
  });

  it('says so, keeps the last values with their growing age, and is live again by itself', async () => {
    const password = await city.register({ id: 'counter-away', name: 'Cầu Giấy – Xuân Thủy' });
    const publish = async (speed: number) => {
      const client = await city.connect('counter-away', password);
      const message = JSON.stringify({ time: Date.now(), values: { mean_speed: speed } });
      await client.publishAsync('city/traffic/counter-away/telemetry', message, { qos: 1 });
      await client.endAsync();
    };
    await publish(21.5);
    await city.settled();

    const page = await openPage(browser, city.url, { query: { lang: 'en', device: 'counter-away' } });
    const badge = page.tab.getByRole('status');
    const says = (state: string) => badge.filter({ hasText: state }).waitFor();
    const row = page.row('Cầu Giấy – Xuân Thủy');
    const age = async () => Number(/(\d+) sec ago/.exec(await textOf(row))?.[1]);
    await says('Live');
    await row.filter({ hasText: '21.5 km/h' }).waitFor();

    await city.stop();
    await says('Reconnecting');
    const young = await age();
    await says('Offline');
    expect(await textOf(row)).toContain('21.5 km/h');
    expect(await textOf(page.panel('Cầu Giấy – Xuân Thủy'))).toContain('21.5 km/h');
    await vi.waitFor(async () => expect(await age()).toBeGreaterThan(young), { timeout: 10_000 });

    city = await start();
    await says('Live');
    expect(await textOf(row)).toContain('21.5 km/h');
    await publish(34);
    await row.filter({ hasText: '34 km/h' }).waitFor();
    await page.close();
  });
});
