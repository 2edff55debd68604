import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { openPage, textOf } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const NAME = 'Cầu Giấy – Xuân Thủy';
/** All that any cache of the page's origin holds, as one text. */
const CACHED = `(async () => {
  const texts = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (!/\\.(js|css|woff2|png|svg)$/.test(request.url)) texts.push(request.url, await (await cache.match(request)).text());
    }
  }
  return texts.join('\\n');
})()`;

await withTool(['chromium'], 'the page without a network', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
    await folder?.remove();
  });

  async function publish(id: string, password: string, values: Readonly<Record<string, number>>): Promise<void> {
    const client = await city.connect(id, password);
    const message = JSON.stringify({ time: Date.now(), values });
    await client.publishAsync(`city/traffic/${id}/telemetry`, message, { qos: 1 });
    await client.endAsync();
    await city.settled();
  }
  const adminKey = async () => (await readFile(join(folder.path, 'admin.key'), 'utf8')).trim();
  /** The service worker has the page, and the last state is kept. */
  async function kept(context: BrowserContext, text: string): Promise<void> {
    const [tab] = context.pages();
    await tab?.evaluate('navigator.serviceWorker.ready');
    await vi.waitFor(async () => expect(await tab?.evaluate(CACHED)).toContain(text), {
      timeout: 30_000,
      interval: 500,
    });
  }

  it('opens with the last state and its age, and is live again by itself', async () => {
    const password = await city.register({ id: 'counter-kept', name: NAME });
    await publish('counter-kept', password, { mean_speed: 21.5 });
    const page = await openPage(browser, city.url, { query: { lang: 'en' } });
    const context = page.tab.context();
    await page.row(NAME).filter({ hasText: '21.5 km/h' }).waitFor();
    await kept(context, NAME);

    await context.setOffline(true);
    await page.tab.reload();
    await page.row(NAME).filter({ hasText: '21.5 km/h' }).waitFor();
    const note = page.tab.getByText(/^Offline\. Last state .*\d\d:\d\d.*, \d+ (sec|min) ago\s*$/);
    await note.waitFor();
    await page.middle();
    expect(await page.tab.getByText('The city’s data could not be read').count()).toBe(0);

    await context.setOffline(false);
    await page.tab.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await note.waitFor({ state: 'detached' });
    await publish('counter-kept', password, { mean_speed: 34 });
    await page.row(NAME).filter({ hasText: '34 km/h' }).waitFor();
    await page.close();
  });

  it('keeps nothing that a key opened, while it is used or after', async () => {
    const restricted = 61.25;
    const password = await city.register({ id: 'rack-closed', domain: 'ict', kind: 'server-rack', name: 'Tủ máy' });
    const client = await city.connect('rack-closed', password);
    const message = JSON.stringify({ time: Date.now(), values: { cpu_load: restricted } });
    await client.publishAsync('city/ict/rack-closed/telemetry', message, { qos: 1 });
    await client.endAsync();
    await city.settled();

    const page = await openPage(browser, city.url, { query: { lang: 'en', domain: 'ict', device: 'rack-closed' } });
    const context = page.tab.context();
    const key = await adminKey();
    expect((await context.request.post(`${city.url}/api/v1/session`, { data: { key } })).status()).toBe(204);
    await page.tab.reload();
    const value = page
      .panel('Tủ máy')
      .getByRole('button', { name: /CPU load/ })
      .filter({ hasText: '61.3' });
    await value.waitFor();
    await kept(context, 'Tủ máy');
    expect(await page.tab.evaluate(CACHED)).not.toContain(String(restricted));

    // Whoever opens the page next without a network has no key, whatever was open before.
    await context.setOffline(true);
    await page.tab.reload();
    await page.row('Tủ máy').waitFor();
    expect(await value.count()).toBe(0);
    await page.close();
  });

  it('takes no answer of the API from a cache', async () => {
    const page = await openPage(browser, city.url, { query: { lang: 'en' } });
    await kept(page.tab.context(), '/index.html');
    expect(await page.tab.evaluate(CACHED)).not.toContain('/api/');
    await page.tab.context().setOffline(true);
    expect(await page.tab.evaluate(`fetch('/api/v1/domains').then(() => 'answered', () => 'none')`)).toBe('none');
    expect(await textOf(page.list)).not.toBe('');
    await page.close();
  });
});
