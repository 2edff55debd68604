import { createServer, request, type Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { openPage } from '../helpers/page.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

/** Of the service worker: the name of the build that it keeps. */
const BUILD = /\b[0-9a-f]{12}\b/g;

/** The city as it is, but for the service worker, which is of whatever build is said. */
async function ahead(city: TestCity): Promise<{ url: string; server: Server; deploy(build: string): void }> {
  let build: string | undefined;
  const server = createServer((asked, answer) => {
    const worker = asked.url === '/sw.js';
    // Whole and as text, whatever the browser has of it.
    const headers = worker ? { host: asked.headers.host } : asked.headers;
    const passed = request(new URL(asked.url ?? '/', city.url), { method: asked.method, headers }, (got) => {
      if (!worker) {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
        return;
      }
      const parts: Buffer[] = [];
      got.on('data', (part: Buffer) => parts.push(part));
      got.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const { 'content-length': _, ...rest } = got.headers;
        answer.writeHead(got.statusCode ?? 502, rest);
        answer.end(build === undefined ? text : text.replaceAll(BUILD, build));
      });
    });
    answer.on('close', () => passed.destroy());
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    deploy: (next) => {
      build = next;
    },
  };
}

await withTool(['chromium'], 'a new build of the page', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let front: Awaited<ReturnType<typeof ahead>>;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([startCity({ dataDir: folder.path }), launchBrowser()]);
    front = await ahead(city);
  });
  afterAll(async () => {
    await browser?.close();
    front?.server.closeAllConnections();
    front?.server.close();
    await city?.stop();
    await folder?.remove();
  });

  it('is told of in a tab that is open, taken on the reader’s word and not before, with what they had open', async () => {
    const page = await openPage(browser, front.url, { query: { lang: 'en', domain: 'health' } });
    const { tab } = page;
    const note = tab.getByText('There is a new version of this page.');
    /** The builds that the browser keeps, and whether the tab has been opened anew. */
    const builds = () =>
      tab.evaluate(`caches.keys().then((names) => names.filter((name) => name.startsWith('nhip-page-')))`);
    await tab.evaluate('navigator.serviceWorker.ready');
    await vi.waitFor(async () => expect(await tab.evaluate('navigator.serviceWorker.controller !== null')).toBe(true));
    await page.middle();
    expect(await note.count()).toBe(0);
    await tab.evaluate('window.same = true');

    front.deploy('0123456789ab');
    await tab.evaluate('navigator.serviceWorker.getRegistration().then((registration) => registration.update())');
    await note.waitFor();
    expect(await builds()).toHaveLength(2);
    expect(await violations(page)).toEqual([]);
    // It goes on with the one it has, whatever the reader does meanwhile.
    await tab.getByRole('button', { name: 'Draw a circle' }).click();
    await tab.locator('canvas.drawing').waitFor();
    expect(await tab.evaluate('window.same')).toBe(true);
    expect(
      await tab.evaluate('navigator.serviceWorker.getRegistration().then(({ waiting }) => waiting !== null)'),
    ).toBe(true);

    await tab.getByRole('button', { name: 'Open it' }).click();
    await vi.waitFor(async () => expect(await tab.evaluate('window.same === undefined')).toBe(true), 20_000);
    await page.middle();
    await expect.poll(() => new URL(tab.url()).searchParams.get('domain')).toBe('health');
    expect(await note.count()).toBe(0);
    expect(await tab.evaluate('navigator.serviceWorker.getRegistration().then(({ waiting }) => waiting)')).toBeNull();
    expect(page.errors).toEqual([]);
    await page.close();
  });
});
