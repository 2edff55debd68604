import type { Browser, Page } from 'playwright-core';
import { DESK, type Look, type Screen } from './screens.ts';
import type { View } from './views.ts';

/** WebP's quality, of 100: letters stay sharp, and a desk is about 100 kB. */
const QUALITY = 82;
const PATIENCE_MS = 90_000;

/** Where the pictures are taken. */
export interface City {
  readonly url: string;
  /** The administrator's, where the views may need it. */
  readonly key?: string | undefined;
}

/** A view as a WebP. Throws where something of it does not come in time. */
export async function takePicture(browser: Browser, city: City, view: View, look: Look): Promise<Buffer> {
  const { width, height, scale, shrink = 1 } = view.screen ?? DESK;
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    reducedMotion: 'reduce',
    colorScheme: look.theme,
    locale: look.lang === 'vi' ? 'vi-VN' : 'en-GB',
  });
  try {
    if (view.signedIn) {
      const answer = await context.request.post(`${city.url}/api/v1/session`, { data: { key: city.key } });
      if (!answer.ok()) throw new Error(`${view.id}: the key was not taken (${answer.status()})`);
    }
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const { path = '', query = {}, map } = view;
    await page.goto(`${city.url}/${path}?${new URLSearchParams({ ...look, ...query })}${map ? `#map=${map}` : ''}`);
    if (path === '' && query.show !== 'table') await page.waitForSelector('html[data-map="idle"]');
    if (view.ready !== undefined) await page.waitForSelector(view.ready);
    await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => undefined);
    await view.act?.(page);
    return await webp(page, { width, height, scale, shrink });
  } finally {
    await context.close();
  }
}

/** Playwright writes PNG and JPEG; Chromium itself WebP too, a quarter of the size. */
async function webp(page: Page, { width, height, shrink = 1 }: Screen): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'webp',
    quality: QUALITY,
    clip: { x: 0, y: 0, width, height, scale: shrink },
  });
  return Buffer.from(data, 'base64');
}
