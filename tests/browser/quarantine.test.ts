import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { violations } from '../helpers/axe.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const ADMIN = 'of-the-operators-own-choosing';
const Made = z.object({ key: z.string() });

await withTool(['chromium'], 'the page of the quarantine', () => {
  let city: TestCity;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let browser: Browser;
  let provider = '';
  let tab: Page;
  const errors: string[] = [];

  /** Registers a device and lets it publish. */
  async function publish(id: string, payloads: readonly (string | Buffer)[], more: Record<string, unknown> = {}) {
    const client = await city.connect(id, await city.register({ id, ...more }));
    for (const payload of payloads) await client.publishAsync(`city/traffic/${id}/telemetry`, payload, { qos: 1 });
    await client.endAsync();
  }

  beforeAll(async () => {
    folder = await temporaryDirectory();
    [city, browser] = await Promise.all([
      startCity({ dataDir: folder.path, env: { ADMIN_KEY: ADMIN } }),
      launchBrowser(),
    ]);
    const reading = (speed: number) => JSON.stringify({ time: Date.now(), values: { mean_speed: speed } });
    await publish('counter-one', ['{"values": ', reading(900), Buffer.from([0xff, 0x00, 0x41])]);
    await publish(
      'counter-two',
      [reading(901), JSON.stringify({ values: { mean_speed: 902 }, pad: 'x'.repeat(9_000) })],
      {
        provider: 'transerco',
      },
    );
    await city.settled();
    const made = await city.post('/api/v1/keys', {
      id: 'partner',
      name: 'Transerco',
      scopes: ['quarantine'],
      provider: 'transerco',
    });
    provider = Made.parse(await made.json()).key;
  });
  afterEach(async () => {
    await tab?.context().close();
    expect(errors.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
    await folder?.remove();
  });

  /** Opens the page with a key, or none. */
  async function open(key: string | null, query: Record<string, string> = {}, width = 1280): Promise<void> {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      reducedMotion: 'reduce',
      locale: 'en-GB',
    });
    tab = await context.newPage();
    tab.setDefaultTimeout(30_000);
    tab.on('pageerror', (error) => errors.push(String(error)));
    if (key !== null) {
      const answer = await context.request.post(`${city.url}/api/v1/session`, { data: { key } });
      expect(answer.status()).toBe(204);
    }
    await tab.goto(`${city.url}/quarantine?${new URLSearchParams({ lang: 'en', theme: 'light', ...query })}`);
  }
  const rows = () => tab.locator('section[aria-labelledby=items-title] li');
  const axe = () => violations({ tab });

  it('is closed without a key, and opens with one that is typed in', async () => {
    await open(null);
    await tab.getByRole('heading', { name: 'open to those with a key only' }).waitFor();
    expect(await axe()).toEqual([]);
    await tab.getByRole('button', { name: 'Use a key' }).click();
    await tab.getByLabel('Key', { exact: true }).fill(ADMIN);
    await tab.keyboard.press('Enter');
    await rows().nth(4).waitFor();
    await tab.getByText('5 waiting · 0 sent again · 0 dismissed').waitFor();
  });

  it('shows an item with its reason in words and its message, by keyboard alone; Escape goes back to the list', async () => {
    await open(ADMIN);
    const row = rows().filter({ hasText: 'the payload is not JSON' }).getByRole('button');
    await row.focus();
    await tab.keyboard.press('Enter');
    const panel = tab.getByRole('region', { name: 'counter-one' });
    await panel.getByText('{"values": ').waitFor();
    expect(await tab.evaluate('document.activeElement?.textContent')).toBe('counter-one');
    await panel.getByRole('link', { name: 'Show the device on the map' }).waitFor();
    await tab.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await tab.evaluate('document.activeElement?.textContent')).toContain('the payload is not JSON');
    await rows().filter({ hasText: 'not UTF-8' }).getByRole('button').click();
    await panel.getByText('ff 00 41').waitFor();
  });

  it('is narrowed by reason and device; the address holds it, and Back takes it off', async () => {
    await open(ADMIN);
    await rows().nth(4).waitFor();
    await tab.getByRole('button', { name: /^Show only: the value lies outside/ }).click();
    await tab.getByText('3 waiting ·').waitFor();
    await tab.getByLabel('Id of the device').fill('counter-one');
    await tab.keyboard.press('Enter');
    await tab.getByText('1 waiting ·').waitFor();
    await expect
      .poll(() => Object.fromEntries(new URL(tab.url()).searchParams))
      .toMatchObject({
        reason: 'out-of-range',
        device: 'counter-one',
      });
    await tab.reload();
    await tab.getByText('1 waiting ·').waitFor();
    await tab.goBack();
    await tab.getByText('3 waiting ·').waitFor();
    await tab.getByRole('button', { name: 'Clear all' }).click();
    await tab.getByText('5 waiting ·').waitFor();
    await open(ADMIN, { state: 'replayed' });
    await tab.getByText('No item matches the filters.').waitFor();
  });

  it('shows a provider its own only, with the whole of a long message, and lets it send again what it mended', async () => {
    await open(provider);
    await tab.getByText('devices of transerco only').waitFor();
    await rows().nth(1).waitFor();
    expect(await rows().count()).toBe(2);
    await rows().first().getByRole('button').click();
    const panel = tab.getByRole('region', { name: 'counter-two' });
    await panel.getByText('x'.repeat(9_000)).waitFor();
    await panel.getByRole('button', { name: 'Dismiss this item' }).click();
    await panel.getByText('Dismissed.').waitFor();
    await tab.getByText('1 waiting · 0 sent again · 1 dismissed').waitFor();

    // What is sent again is still wrong: it comes back as another item.
    await tab.getByRole('button', { name: 'Send 1 waiting again…' }).click();
    const dialog = tab.getByRole('dialog');
    await dialog.getByText('1 items that match the filters').waitFor();
    expect(await axe()).toEqual([]);
    await dialog.getByRole('button', { name: 'Send again' }).click();
    await dialog.getByText('1 items sent again, in 1 messages.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await city.settled();
    await tab.reload();
    await tab.getByText('1 waiting · 1 sent again · 1 dismissed').waitFor();
    // The administrator sees who did it.
    expect(await (await city.api('/api/v1/audit?actor=partner&action=quarantine')).json()).toMatchObject({
      items: [{ action: 'quarantine.replay' }, { action: 'quarantine.dismiss' }],
    });
  });

  it('says why something cannot be sent again', async () => {
    await city.api('/api/v1/devices/counter-one', { method: 'DELETE' });
    await open(ADMIN, { device: 'counter-one' });
    await tab.getByRole('button', { name: 'Send 3 waiting again…' }).click();
    const dialog = tab.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Send again' }).click();
    await dialog.getByText('3 messages cannot be sent again:').waitFor();
    expect(await dialog.locator('li').first().textContent()).toContain('the device is not registered');
  });

  it.each([820, 390])(
    'fits %i pixels: nothing stands out at the side, and an item lies over the list',
    async (width) => {
      await open(ADMIN, { lang: 'vi' }, width);
      await rows().first().getByRole('button').click();
      await tab.locator('#item-title').waitFor();
      expect(await tab.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
      expect(await axe()).toEqual([]);
    },
  );

  it.each(['vi', 'en'])('axe-core finds no violation, in %s, light and dark', async (lang) => {
    for (const theme of ['light', 'dark']) {
      await open(ADMIN, { lang, theme });
      await rows().first().getByRole('button').click();
      await tab.locator('#item-title').waitFor();
      expect(await axe()).toEqual([]);
      await tab.locator('button.open[aria-haspopup=dialog]').last().click();
      await tab.locator('dialog[open]').waitFor();
      expect(await axe()).toEqual([]);
      if (theme === 'light') await tab.context().close();
    }
  });
});
